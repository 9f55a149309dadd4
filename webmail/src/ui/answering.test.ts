import { expect, it } from "vitest";
import { bench, emailId } from "../../test/bench";
import { read } from "../model/preferences";
import { en } from "../texts/en";
import { answer } from "./answering";

const AROUND = { texts: en, preferences: read({ getItem: () => null, setItem: () => {} }, ["en"]) };

it("a draft goes on from whom it is, and an answer from whom it went to", async () => {
  const { account, desk, server } = await bench(({ records }) => {
    const [first] = records.identities.values();
    if (first === undefined) throw new Error("an identity");
    records.identities.set("i2", { ...first, id: "i2", email: "bestuur@here.example" });
  });
  const [anna, bestuur] = account.identities.value;
  const from = { name: null, email: "bestuur@here.example" };
  server.deliver({ id: "a", from, to: [{ name: null, email: "anna@here.example" }] });
  const message = await account.messages.whole(emailId("a"));
  expect(await answer("edit", message, account, desk, AROUND)).toMatchObject({ identityId: bestuur?.id });
  expect(await answer("reply", message, account, desk, AROUND)).toMatchObject({ identityId: anna?.id });
});
