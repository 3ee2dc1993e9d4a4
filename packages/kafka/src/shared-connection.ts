import type { Done, NativeAdmin, NativeProducer } from './addon.js';
import { call } from './ask.js';
import { disconnect } from './client.js';

/** A connected client, and what it was asked: it must not be disconnected before it has answered, for the addon would crash. */
export class SharedConnection {
  readonly admin: NativeAdmin;
  readonly #client: NativeProducer;
  readonly #carried = new Set<Promise<unknown>>();
  #retired = false;

  constructor(client: NativeProducer, admin: NativeAdmin) {
    this.#client = client;
    this.admin = admin;
  }

  get retired(): boolean {
    return this.#retired;
  }

  /** Asks something; rejects with what the client said, as it said it. */
  async carry<A>(start: (done: Done<A>) => void): Promise<A> {
    const answer = call(start);
    this.#carried.add(answer);
    try {
      return await answer;
    } finally {
      this.#carried.delete(answer);
    }
  }

  /** Disconnects when all is answered; it is given nothing more to carry. */
  async retire(): Promise<void> {
    this.#retired = true;
    while (this.#carried.size > 0) await Promise.allSettled(this.#carried);
    await disconnect(this.#client);
  }
}
