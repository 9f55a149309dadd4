import { describe, expect, it } from "vitest";
import { bench, mailboxId } from "../../test/bench";
import { choices } from "../model/labels";
import { createMailbox } from "../model/mailbox_acts";
import { LANGUAGES } from "../texts/languages";
import { LABEL_NAMES, ROLE_NAMES } from "../texts/names";
import { labelCalled, mailboxCalled } from "./called";
import { tagName } from "./tag";

describe.each(["en", "nl"] as const)("what is meant by a name, on a screen in %s", (screen) => {
  const texts = LANGUAGES[screen];

  it("is the mailbox that has it in either language", async () => {
    const { account } = await bench();
    const own = await createMailbox(account.client, "Rekeningen", null);
    await account.follow();
    const mailbox = (name: string) =>
      mailboxCalled(name, account.mailboxes.all.value, (one) =>
        one.role === null ? one.mailbox.name : texts.roles[one.role],
      );
    const names = [ROLE_NAMES.en, ROLE_NAMES.nl].flatMap((roles) => [roles.sent, roles.trash.toUpperCase()]);
    expect(names.map(mailbox)).toEqual(["sent", "trash", "sent", "trash"].map(mailboxId));
    expect([mailbox("rekeningen"), mailbox("junk"), mailbox("nergens")]).toEqual([own, mailboxId("junk"), undefined]);
  });

  it("is one's own mailbox, where that has the name which the other language gives to another", async () => {
    const { account } = await bench();
    const there = screen === "nl" ? ROLE_NAMES.en.sent : ROLE_NAMES.nl.sent;
    // no two mailboxes beside each other have one name: this one lies in another
    const own = await createMailbox(account.client, there, mailboxId("archive"));
    await account.follow();
    const seen = mailboxCalled(there, account.mailboxes.all.value, (one) =>
      one.role === null ? one.mailbox.name : texts.roles[one.role],
    );
    expect(seen).toBe(own);
  });

  it("is the label that has it in either language", () => {
    const label = (name: string) => labelCalled(name, choices([], []), (tag) => tagName(tag, texts));
    for (const names of [LABEL_NAMES.en, LABEL_NAMES.nl]) {
      expect(Object.values(names).map(label)).toEqual(Object.keys(names));
    }
    expect([label("Fiets"), label("twee woorden")]).toEqual(["fiets", undefined]);
  });
});
