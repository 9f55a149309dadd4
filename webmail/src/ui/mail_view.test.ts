import { describe, expect, it } from "vitest";
import { bench, emailId, mailboxId, settled } from "../../test/bench";
import type { Route } from "../model/route";
import { MailView } from "./mail_view.svelte";
import type { Shell } from "./shell.svelte";

const at = (mailbox: string): Route => ({ view: "mailbox", mailbox: mailboxId(mailbox), only: [], email: null });

describe("keys that follow a step", () => {
  async function looking() {
    const { account, scene, server } = await bench();
    const shell = { route: at("inbox"), email: null };
    const view = new MailView(shell as unknown as Shell, account);
    const ran: string[] = [];
    let come = () => {};
    view.inTurn(() => new Promise<void>((resolve) => (come = resolve)));
    view.inTurn(() => ran.push("then"));
    await settled(server);
    const came = async () => {
      come();
      await settled(server);
    };
    return { scene, server, shell, view, ran, came };
  }

  it("are about where it leads", async () => {
    const { ran, came } = await looking();
    expect(ran).toEqual([]);
    await came();
    expect(ran).toEqual(["then"]);
  });

  it("are about nothing in another place", async () => {
    const { shell, ran, came } = await looking();
    shell.route = at("archive");
    await came();
    expect(ran).toEqual([]);
  });

  it("are about nothing behind what is asked", async () => {
    const { view, ran, came } = await looking();
    view.asked = { what: "label", ids: [emailId("m1")] };
    await came();
    expect(ran).toEqual([]);
  });

  it("wait no longer for one that does not end, and mean nothing then; the next ones do", async () => {
    const { scene, server, view, ran, came } = await looking();
    scene.pass(5000);
    await settled(server);
    expect(ran).toEqual([]);
    view.inTurn(() => ran.push("next"));
    await settled(server);
    expect(ran).toEqual(["next"]);
    await came();
    expect(ran).toEqual(["next"]);
  });
});
