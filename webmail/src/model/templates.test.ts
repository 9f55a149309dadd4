import { expect, it } from "vitest";
import { bench } from "../../test/bench";
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

it("a template that the server does not take is told so", async () => {
  const { account, server } = await bench();
  const [identity] = account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  server.refuse.set("Email/set", "overQuota");
  await expect(keepTemplate(account.client, blank(identity), identity, "x")).rejects.toMatchObject({
    problem: { type: "overQuota" },
  });
});
