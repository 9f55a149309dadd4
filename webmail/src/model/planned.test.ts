import { describe, expect, it } from "vitest";
import { bench, settled } from "../../test/bench";
import { blank } from "./composition";

const LATER = Date.parse("2099-03-04T05:06:07Z");

async function plan() {
  const there = await bench();
  const [identity] = there.account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const of = { ...blank(identity), to: "bram@there.example", subject: "Later", sendAt: LATER };
  there.desk.put(of);
  const sent = await there.desk.send(of.key);
  if ("kind" in sent) throw new Error(sent.kind);
  return { ...there, sent };
}

describe("a message that goes later", () => {
  it("is held by the server until then, with the date that it will have", async () => {
    const { server, sent } = await plan();
    const [submission] = server.records.submissions.values();
    expect(submission?.envelope).toMatchObject({ mailFrom: { parameters: { HOLDUNTIL: "2099-03-04T05:06:07Z" } } });
    expect(server.records.emails.get(sent.emailId)).toMatchObject({ sentAt: "2099-03-04T05:06:07Z" });
  });

  it("stands among those that are planned, here and after a reload", async () => {
    const { account, server, scene } = await plan();
    scene.push("state", '{"@type":"StateChange","changed":{"a1":{"EmailSubmission":"?"}}}');
    await settled(server);
    const expected = [{ subject: "Later", sendAt: LATER, to: [{ email: "bram@there.example" }] }];
    expect(account.planned.all.value).toMatchObject(expected);
    const after = await bench(() => {}, { server });
    expect(after.account.planned.all.value).toMatchObject(expected);
  });

  it("is called back, and is a draft again", async () => {
    const { account, server, sent, desk } = await plan();
    expect(await desk.callBack(sent.submissionId)).toBeNull();
    expect(server.records.emails.get(sent.emailId)).toMatchObject({
      mailboxIds: { drafts: true },
      keywords: { $draft: true },
    });
    await account.planned.refresh();
    expect(account.planned.all.value).toEqual([]);
    expect(await desk.callBack(sent.submissionId)).toMatchObject({ type: "cannotUnsend" });
  });

  it("that is taken back at once goes at once when it is sent again", async () => {
    const { sent, desk } = await plan();
    await desk.unsend(sent);
    expect(desk.open.value[0]?.composition).toMatchObject({ sendAt: null, draftId: sent.emailId });
  });

  it("is not planned where it waits only to be taken back, or where the server holds nothing", async () => {
    const { account, server } = await bench();
    const soon = { emailId: "x", undoStatus: "pending", sendAt: new Date(Date.now() + 9000).toISOString() };
    server.records.submissions.set("s1", { ...soon, id: "s1" });
    await account.planned.refresh();
    expect(account.planned.all.value).toEqual([]);
    const none = await bench((without) => {
      without.maxDelayedSend = 0;
    });
    expect(none.server.names).not.toContain("EmailSubmission/query");
  });

  it("goes at once where its time is over when it is sent", async () => {
    const { account, server, desk } = await bench();
    const [identity] = account.identities.value;
    if (identity === undefined) throw new Error("an identity");
    const of = { ...blank(identity), to: "bram@there.example", subject: "x", sendAt: Date.now() - 5 };
    desk.put(of);
    await desk.send(of.key);
    const [submission] = server.records.submissions.values();
    expect(submission?.envelope).toMatchObject({ mailFrom: { parameters: { HOLDFOR: "10" } } });
  });
});
