import { describe, expect, it } from "vitest";
import { bench, emailId } from "../../test/bench";
import { OWN } from "../jmap/own";
import { authenticationResults } from "./authentication_results";
import { explained, foundOut, verdict } from "./sender_verdict";

const ID = emailId("a");

/** An account whose server stands for a field of the message, or for none. */
async function told(field: string | null, offer: Record<string, unknown> = { authservId: "mx.here.example" }) {
  const { account, server } = await bench((one) => {
    one.offers = { [OWN]: offer };
    one.deliver({ id: "a" });
    one.records.verdicts.set("a", { id: "a", authenticationResults: field });
  });
  const found = await foundOut(account.client, ID);
  return { found, asked: server.names.includes("SenderVerdict/get") };
}

describe("what the server stands for", () => {
  it("is asked of it, and not of the header of a message", async () => {
    const { found } = await told("MX.here.example; dmarc=pass header.from=ing.nl");
    expect(found?.findings.map(({ method }) => method)).toEqual(["dmarc"]);
    expect((await told(null)).found).toBeNull();
  });

  it("bears its name, and is none where it does not", async () => {
    for (const field of ["mx.evil.example; dmarc=pass", "dmarc=pass", "(mx.here.example); dmarc=pass", ""]) {
      expect((await told(field)).found, field).toBeNull();
    }
  });

  it("is not asked of a server that says nothing", async () => {
    expect(await told("mx.here.example; dmarc=pass", { maxLabels: 1 })).toEqual({ found: null, asked: false });
    const { account } = await bench((one) => one.deliver({ id: "a" }));
    expect(await foundOut(account.client, ID)).toBeNull();
  });

  it("is nothing of a message that is gone", async () => {
    const { account } = await bench((one) => {
      one.offers = { [OWN]: { authservId: "mx.here.example" } };
    });
    expect(await foundOut(account.client, ID)).toBeNull();
  });
});

/** What is said of a sender, by the findings of a field. */
function said(findings: string, ...from: string[]) {
  const results = authenticationResults(`a.example; ${findings}`);
  if (results === null) throw new Error("a field");
  const word = verdict(results, from.length === 0 ? null : from.map((email) => ({ name: "Bank", email })));
  return word === null ? null : `${word.kind} ${word.domain}`;
}

describe("the word about a sender", () => {
  it.each([
    ["dmarc=pass header.from=ing.nl", "info@ING.nl", "genuine ing.nl"],
    ["dmarc=pass (p=reject) header.from=ING.nl; dkim=fail header.d=ing.nl", "info@ing.nl", "genuine ing.nl"],
    ["dmarc=pass header.from=xn--bcher-kva.example", "a@bücher.example", "genuine xn--bcher-kva.example"],
    ["dmarc=fail header.from=ing.nl; spf=pass smtp.mailfrom=evil.example", "info@ing.nl", "false ing.nl"],
    // what speaks of something else than the address that one sees says nothing of it
    ["spf=pass smtp.mailfrom=ing.nl; dkim=pass header.d=ing.nl", "info@ing.nl", "uncertain ing.nl"],
    ["dmarc=pass header.from=ing.nl", "info@lng.nl", "uncertain lng.nl"],
    ["dmarc=pass header.from=ing.nl", "info@mail.ing.nl", "uncertain mail.ing.nl"],
    ["dmarc=pass", "info@ing.nl", "uncertain ing.nl"],
    ["dmarc=none header.from=ing.nl", "info@ing.nl", "uncertain ing.nl"],
    ["dmarc=temperror header.from=ing.nl", "info@ing.nl", "uncertain ing.nl"],
    ["dmarc=fail; dmarc=pass header.from=ing.nl", "info@ing.nl", "uncertain ing.nl"],
    ["none", "info@ing.nl", null],
    ["dmarc=pass header.from=ing.nl", "ing.nl at nowhere", null],
  ])("of %j for %s is %s", (findings, from, word) => {
    expect(said(findings, from)).toBe(word);
  });

  it("is that nothing is certain where two are in From, and none where nobody is", () => {
    expect(said("dmarc=pass header.from=ing.nl", "info@ing.nl", "info@evil.example")).toBe("uncertain ing.nl");
    expect(said("dmarc=pass header.from=ing.nl")).toBeNull();
  });
});

describe("each finding", () => {
  it("is told with its domain, DMARC first", () => {
    const results = authenticationResults(
      "a.example; auth=pass smtp.auth=x; spf=softfail smtp.mailfrom=bounce@list.example smtp.helo=h.example;" +
        "dkim=pass header.i=@i.example; dkim=fail header.d=D.example header.i=@x.example; dkim=none; dmarc=pass header.from=f.example",
    );
    expect(results === null ? null : explained(results)).toEqual([
      { method: "dmarc", result: "pass", domain: "f.example" },
      { method: "dkim", result: "pass", domain: "i.example" },
      { method: "dkim", result: "fail", domain: "d.example" },
      { method: "dkim", result: "none", domain: "" },
      { method: "spf", result: "unsure", domain: "list.example" },
    ]);
  });
});
