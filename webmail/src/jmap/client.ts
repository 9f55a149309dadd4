/** The client: one session, requests that fit its limits, and the news when the session changed. */
import { Answers, Batch, type Call } from "./batch";
import type { AccountId } from "./ids";
import { mailAccount, type Session, session, WELL_KNOWN } from "./session";
import type { Transport } from "./transport";

export class Client {
  readonly transport: Transport;
  #session: Session;
  /** Called when the server's session object is another one than ours (RFC 8620, 3.4). */
  renewed: (session: Session) => void = () => {};
  #renewing = false;

  private constructor(transport: Transport, first: Session) {
    this.transport = transport;
    this.#session = first;
  }

  /** Asks for the session object; fails with `signed-out` where nobody is logged in. */
  static async begin(transport: Transport): Promise<Client> {
    return new Client(transport, session(await transport.ask({ method: "GET", url: WELL_KNOWN })));
  }

  get session(): Session {
    return this.#session;
  }

  get accountId(): AccountId {
    return mailAccount(this.#session);
  }

  async send(batch: Batch, signal?: AbortSignal): Promise<Answers> {
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

  /** The new session object is fetched beside what goes on; if that fails, the next answer tries again. */
  #renew(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    this.transport
      .ask({ method: "GET", url: WELL_KNOWN })
      .then((told) => {
        this.#session = session(told);
        this.renewed(this.#session);
      })
      .catch(() => {})
      .finally(() => {
        this.#renewing = false;
      });
  }
}
