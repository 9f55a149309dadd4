import { beforeEach, describe, expect, it, vi } from "vitest";
import { Server } from "../../test/server/server";
import { Batch, resultOf } from "./batch";
import { Client } from "./client";
import { EMAIL, MAILBOX, THREAD } from "./mail";
import { get, query } from "./methods";
import { expand, longestDelay, offers, SUBMISSION } from "./session";
import { downloadUrl, type Sending, upload } from "./transfer";

describe("the client", () => {
  let server: Server;
  let client: Client;
  beforeEach(async () => {
    server = new Server();
    client = await Client.begin(server);
  });

  it("knows its account and what it offers", () => {
    expect(client.accountId).toBe("a1");
    expect(offers(client.session, client.accountId, SUBMISSION)).toBe(true);
    expect(offers(client.session, client.accountId, "urn:ietf:params:jmap:contacts")).toBe(false);
    expect(longestDelay(client.session, client.accountId)).toBe(86_400);
  });

  it("asks for a list with its conversations in one request", async () => {
    server.deliver({ threadId: "t", subject: "one" });
    server.deliver({ threadId: "t", subject: "two" });
    server.deliver({ subject: "three" });
    const before = server.requests;
    const batch = new Batch();
    const question = { filter: { inMailbox: "inbox" }, sort: [], collapseThreads: true };
    const found = batch.add(query(EMAIL, client.accountId, question, { position: 0, limit: 10 }));
    const rows = batch.add(get(EMAIL, client.accountId, { from: resultOf(found, "/ids") }));
    const threads = batch.add(get(THREAD, client.accountId, { from: resultOf(rows, "/list/*/threadId") }));
    const all = batch.add(get(EMAIL, client.accountId, { from: resultOf(threads, "/list/*/emailIds") }));
    const answers = await client.send(batch);
    expect(server.requests - before).toBe(1);
    expect(answers.of(rows).list.map(({ subject }) => subject)).toEqual(["three", "two"]);
    expect(answers.of(found).total).toBe(2);
    expect(answers.of(all).list.length).toBe(3);
  });

  it("counts what is unread", async () => {
    server.deliver();
    server.deliver({ seen: true });
    const { list } = await client.call(get(MAILBOX, client.accountId, null));
    expect(list.find(({ role }) => role === "inbox")).toMatchObject({ totalEmails: 2, unreadEmails: 1 });
  });

  it("fetches the session again when the server's is another one", async () => {
    const renewed = vi.fn();
    client.renewed = renewed;
    server.sessionState = "s2";
    server.limits.maxObjectsInGet = 7;
    await client.call(get(MAILBOX, client.accountId, null));
    await vi.waitFor(() => expect(renewed).toHaveBeenCalledTimes(1));
    expect(client.session.limits.maxObjectsInGet).toBe(7);
  });

  it("says that nobody is logged in", async () => {
    server.fault = { kind: "signed-out" };
    await expect(Client.begin(server)).rejects.toMatchObject({ problem: { kind: "signed-out" } });
  });
});

describe("blobs", () => {
  const answers = (status: number, body: string): Sending => {
    return async (url, file, progress) => {
      progress(file.size);
      return { status, retryAfter: null, body: body.replace("URL", url) };
    };
  };
  const signal = new AbortController().signal;
  const file = new Blob(["12345"], { type: "text/plain" });

  it("goes up with progress", async () => {
    const { session, accountId } = await Client.begin(new Server());
    const progress = vi.fn();
    const sending = answers(201, '{"accountId":"a1","blobId":"URL","type":"text/plain","size":5}');
    expect(await upload(session, accountId, file, progress, signal, sending)).toEqual({
      blobId: "/jmap/upload/a1",
      type: "text/plain",
      size: 5,
    });
    expect(progress).toHaveBeenCalledWith(5);
  });

  it("is not sent where it is too large", async () => {
    const server = new Server();
    server.limits.maxSizeUpload = 4;
    const { session, accountId } = await Client.begin(server);
    const sending = vi.fn<Sending>();
    await expect(upload(session, accountId, file, () => {}, signal, sending)).rejects.toMatchObject({
      problem: { kind: "too-large", limit: 4 },
    });
    expect(sending).not.toHaveBeenCalled();
  });

  it("is refused as any request is", async () => {
    const { session, accountId } = await Client.begin(new Server());
    const refused = upload(session, accountId, file, () => {}, signal, answers(401, ""));
    await expect(refused).rejects.toMatchObject({ problem: { kind: "signed-out" } });
    const strange = upload(session, accountId, file, () => {}, signal, answers(200, "<html>"));
    await expect(strange).rejects.toMatchObject({ problem: { kind: "malformed", where: "upload" } });
  });

  it("is fetched by a name that stays one segment of the path", async () => {
    const { session, accountId } = await Client.begin(new Server());
    const file = { blobId: "b" as never, name: "../a b?.pdf", type: "text/html; charset=utf-8" };
    expect(downloadUrl(session, accountId, file)).toBe(
      "/jmap/download/a1/b/..%2Fa%20b%3F.pdf?type=text%2Fhtml%3B%20charset%3Dutf-8",
    );
    expect(expand("/{a}/{b}", { a: "{b}" })).toBe("/%7Bb%7D/");
  });
});
