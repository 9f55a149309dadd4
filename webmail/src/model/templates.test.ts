import { expect, it } from "vitest";
import { bench, emailId } from "../../test/bench";
import { blank } from "./composition";
import { keepTemplate, removeTemplate, templates } from "./templates";

it("a template is kept without its recipients, beside the others, and is thrown away", async () => {
  const { account, server } = await bench();
  const [identity] = account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const of = { ...blank(identity), to: "bram@there.example", subject: "Dank", text: "Dank u wel", receipt: true };
  await keepTemplate(account.client, of, identity, "Sjablonen");
  await keepTemplate(account.client, { ...of, subject: "Meer dank" }, identity, "Templates");
  const all = await templates(account.client);
  expect(all.map(({ subject }) => subject).sort()).toEqual(["Dank", "Meer dank"]);
  const boxes = new Set(all.flatMap(({ mailboxIds }) => [...mailboxIds]));
  expect([...boxes].map((id) => server.records.mailboxes.get(id)?.name)).toEqual(["Sjablonen"]);
  const [first] = server.records.emails.values();
  expect(first).toMatchObject({ to: null, keywords: { $template: true, $seen: true } });
  expect(first?.keywords).not.toHaveProperty("$draft");
  for (const { id } of all) await removeTemplate(account.client, id);
  expect(await templates(account.client)).toEqual([]);
});

it("a template comes into the mailbox of its name also when no other lies there", async () => {
  const { account, server } = await bench();
  const [identity] = account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  await keepTemplate(account.client, { ...blank(identity), subject: "een" }, identity, "Sjablonen");
  const [first] = server.records.emails.values();
  if (first === undefined) throw new Error("a template");
  server.records.put({ ...first, mailboxIds: { trash: true } });
  await keepTemplate(account.client, { ...blank(identity), subject: "twee" }, identity, "Sjablonen");
  const second = [...server.records.emails.values()].find(({ subject }) => subject === "twee");
  expect(second?.mailboxIds).toEqual(first.mailboxIds);
});

it("a template that was thrown away does not make the trash the place of the next", async () => {
  const { account, server } = await bench();
  const [identity] = account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const id = server.deliver({ mailbox: "trash" });
  const thrown = server.records.emails.get(id);
  if (thrown === undefined) throw new Error("a message");
  server.records.put({ ...thrown, keywords: { $template: true } });
  await keepTemplate(account.client, { ...blank(identity), subject: "twee" }, identity, "Sjablonen");
  const kept = [...server.records.emails.values()].find(({ subject }) => subject === "twee");
  const [place = ""] = Object.keys(kept?.mailboxIds ?? {});
  expect(server.records.mailboxes.get(place)?.name).toBe("Sjablonen");
});

it("a template that is gone already is not said to be thrown away", async () => {
  const { account } = await bench();
  await expect(removeTemplate(account.client, emailId("nobody"))).rejects.toMatchObject({
    problem: { type: "notFound" },
  });
});

it("a template that the server does not take is told so", async () => {
  const { account, server } = await bench();
  const [identity] = account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  server.refuse.set("Email/set", "overQuota");
  await expect(keepTemplate(account.client, blank(identity), identity, "x")).rejects.toMatchObject({
    problem: { type: "overQuota" },
  });
});
