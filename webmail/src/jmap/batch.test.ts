import { describe, expect, it } from "vitest";
import { Answers, Batch, resultOf } from "./batch";
import { id, state } from "./decode";
import type { AccountId, EmailId, State } from "./ids";
import { EMAIL, MAILBOX } from "./mail";
import { changes, get, query, set } from "./methods";

const account: AccountId = id<"Account">()("a", "");
const email: EmailId = id<"Email">()("e1", "");
const since: State = state("3", "");

describe("a batch", () => {
  it("asks for what a query finds in the same request", () => {
    const batch = new Batch();
    const found = batch.add(query(EMAIL, account, { filter: null, sort: [] }, { position: 0, limit: 2 }));
    batch.add(get(EMAIL, account, { from: resultOf(found, "/ids") }));
    expect(batch.request()).toEqual({
      using: ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"],
      methodCalls: [
        ["Email/query", { accountId: "a", filter: null, sort: [], position: 0, limit: 2, calculateTotal: true }, "c0"],
        [
          "Email/get",
          {
            accountId: "a",
            "#ids": { resultOf: "c0", name: "Email/query", path: "/ids" },
            properties: EMAIL.properties,
          },
          "c1",
        ],
      ],
    });
  });

  it("reads each answer by its place, and passes over what nobody asked for", () => {
    const batch = new Batch();
    const first = batch.add(changes(EMAIL, account, since, 10));
    const second = batch.add(set(EMAIL, account, { destroy: [email] }));
    const answers = new Answers({
      sessionState: "s",
      methodResponses: [
        ["error", { type: "cannotCalculateChanges" }, "c0"],
        ["Mailbox/set", {}, "c1"],
        ["Email/set", { newState: "4", notDestroyed: { e1: { type: "notFound" } } }, "c1"],
      ],
    });
    expect(() => answers.of(first)).toThrow(
      expect.objectContaining({
        problem: { kind: "refused-method", method: "Email/changes", type: "cannotCalculateChanges", detail: "" },
      }),
    );
    const done = answers.of(second);
    expect([...done.destroyed]).toEqual([]);
    expect(done.refused.get("e1")).toEqual({ kind: "refused-record", type: "notFound", detail: "", properties: [] });
  });

  it("says which property is not what it should be", () => {
    const batch = new Batch();
    const asked = batch.add(get(MAILBOX, account, null));
    const answers = new Answers({
      sessionState: "s",
      methodResponses: [["Mailbox/get", { state: "1", list: [{ id: "m", name: 7 }], notFound: [] }, "c0"]],
    });
    expect(() => answers.of(asked)).toThrow(
      expect.objectContaining({ problem: { kind: "malformed", where: "Mailbox/get/list/0/name" } }),
    );
  });

  it.each([null, {}, { sessionState: "s" }, { sessionState: "s", methodResponses: [["a"]] }])(
    "refuses %j as a response",
    (value) => {
      expect(() => new Answers(value)).toThrow(
        expect.objectContaining({ problem: expect.objectContaining({ kind: "malformed" }) }),
      );
    },
  );
});
