/** The client: one session, requests that fit its limits, and the news when the session changed. */
import { Answers, Batch, type Call } from "./batch";
import type { AccountId } from "./ids";
import { Failure } from "./problem";
import { mailAccount, type Session, session, WELL_KNOWN } from "./session";
import { START, Start } from "./start";
import type { Transport } from "./transport";

export class Client {
  readonly transport: Transport;
  #told: unknown;
  #session: Session;
  /** Called when the server's session object is another one than ours (RFC 8620, 3.4). */
  renewed: (session: Session) => void = () => {};
  #renewing = false;
  /** Whether the server has told this page who is logged in. */
  #sure: boolean;
  #confirming: Promise<void> | null = null;
  /** What the server answered before it was asked, until something else is asked. */
  #start: Start | null = null;

  private constructor(transport: Transport, told: unknown, sure: boolean) {
    this.transport = transport;
    this.#told = told;
    this.#session = session(told);
    this.#sure = sure;
  }

  /** Asks for the session object and what is asked first; fails with `signed-out` where nobody is logged in. */
  static async begin(transport: Transport): Promise<Client> {
    const start = new Start(await transport.ask({ method: "GET", url: START }));
    const client = new Client(transport, start.session, true);
    client.#start = start;
    return client;
  }

  /** Begins with the session object of an earlier page. Nothing is asked before the server has said that the same person is
   * still logged in: `signed-out` where not. */
  static recalled(transport: Transport, told: unknown): Client {
    return new Client(transport, told, false);
  }

  get session(): Session {
    return this.#session;
  }

  /** The session object as the server told it, for a later page to begin with. */
  get told(): unknown {
    return this.#told;
  }

  get accountId(): AccountId {
    return mailAccount(this.#session);
  }

  async send(batch: Batch, signal?: AbortSignal): Promise<Answers> {
    if (!this.#sure) await this.#confirmed();
    const before = this.#start?.take(batch) ?? null;
    if (before !== null) return before;
    // what it answered is as old as that: after another question it may be another state's
    this.#start = null;
    const question = { method: "POST", url: this.#session.apiUrl, body: batch.request() } as const;
    const told = await this.transport.ask(signal === undefined ? question : { ...question, signal });
    const answers = new Answers(told);
    if (answers.sessionState !== this.#session.state) this.#renew();
    return answers;
  }

  /** One call by itself. */
  async call<T>(call: Call<T>, signal?: AbortSignal): Promise<T> {
    const batch = new Batch();
    const asked = batch.add(call);
    return (await this.send(batch, signal)).of(asked);
  }

  #confirmed(): Promise<void> {
    this.#confirming ??= this.#confirm().finally(() => {
      this.#confirming = null;
    });
    return this.#confirming;
  }

  async #confirm(): Promise<void> {
    const start = new Start(await this.transport.ask({ method: "GET", url: START }));
    // somebody else logged in meanwhile: what is here is not his
    if (mailAccount(session(start.session)) !== this.accountId) throw new Failure({ kind: "signed-out" });
    this.#sure = true;
    this.#start = start;
    this.#take(start.session);
  }

  #take(told: unknown): void {
    this.#session = session(told);
    this.#told = told;
    this.renewed(this.#session);
  }

  /** The new session object is fetched beside what goes on; if that fails, the next answer tries again. */
  #renew(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    this.transport
      .ask({ method: "GET", url: WELL_KNOWN })
      .then((told) => {
        if (mailAccount(session(told)) === this.accountId) this.#take(told);
        // somebody else is in: the next question says so
        else this.#sure = false;
      })
      .catch(() => {})
      .finally(() => {
        this.#renewing = false;
      });
  }
}
