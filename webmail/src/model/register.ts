/** All records of a type that an account keeps for itself, few enough to be known whole: labels, saved searches. */
import { type Answers, type Asked, Batch } from "../jmap/batch";
import type { Client } from "../jmap/client";
import type { Id } from "../jmap/ids";
import { createdIn, type Got, get, type RecordType, refusedIn, set } from "../jmap/methods";
import { problemOf } from "../jmap/problem";
import { Value } from "./observable";

interface Named<Of extends string> {
  readonly id: Id<Of>;
  readonly name: string;
  readonly sortOrder: number;
}

export class Register<Of extends string, T extends Named<Of>> {
  /** In the order in which they are shown. */
  readonly all = new Value<readonly T[]>([]);
  readonly #client: Client;
  readonly #type: RecordType<Of, T>;

  constructor(
    client: Client,
    type: RecordType<Of, T>,
    /** How many there may be; 0 where the server has none. */
    readonly most: number,
  ) {
    this.#client = client;
    this.#type = type;
  }

  get name(): Of {
    return this.#type.name;
  }

  /** Puts the question into a batch; `null` where the server has none. */
  ask(batch: Batch): Asked<Got<Of, T>> | null {
    return this.most === 0 ? null : batch.add(get(this.#type, this.#client.accountId, null));
  }

  take(answers: Answers, asked: Asked<Got<Of, T>>): void {
    const { list } = answers.of(asked);
    this.all.set([...list].sort((a, b) => a.sortOrder - b.sortOrder || a.name.localeCompare(b.name)));
  }

  /** Asks again; without an answer what is known stays. */
  async refresh(): Promise<void> {
    const batch = new Batch();
    const asked = this.ask(batch);
    if (asked === null) return;
    try {
      this.take(await this.#client.send(batch), asked);
    } catch (thrown) {
      problemOf(thrown);
    }
  }

  async create(fields: Readonly<Record<string, unknown>>): Promise<Id<Of>> {
    const done = await this.#client.call(set(this.#type, this.#client.accountId, { create: { new: fields } }));
    const id = createdIn(done, "new");
    await this.refresh();
    return id;
  }

  async change(id: Id<Of>, fields: Readonly<Record<string, unknown>>): Promise<void> {
    const done = await this.#client.call(set(this.#type, this.#client.accountId, { update: { [id]: fields } }));
    refusedIn(done, id);
    await this.refresh();
  }

  async remove(id: Id<Of>): Promise<void> {
    refusedIn(await this.#client.call(set(this.#type, this.#client.accountId, { destroy: [id] })), id);
    await this.refresh();
  }
}
