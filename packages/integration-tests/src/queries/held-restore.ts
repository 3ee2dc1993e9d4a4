/** A log whose restores wait. */

import { type EmbeddedTransport, memory } from 'kstreams';
import type { Backend, Consumer, Transport } from 'kstreams/authors';

/** Lets restores read a number of records only. */
export class HeldRestore {
  readonly transport: Transport;
  /** The number of records that restores may still read. */
  #left = 0;
  #wake: () => void = () => {};

  constructor(log: EmbeddedTransport) {
    const consumer: Transport['consumer'] = async (options) => {
      const opened = await log.consumer(options);
      return options.clientId.endsWith('-restore') ? this.#held(opened) : opened;
    };
    this.transport = new Proxy<Transport>(log, {
      get: (target, name) => {
        const member: unknown = name === 'consumer' ? consumer : Reflect.get(target, name);
        return typeof member === 'function' && name !== 'consumer' ? member.bind(target) : member;
      },
    });
  }

  /** Lets restores read some records more. */
  allow(records: number): void {
    this.#left += records;
    this.#wake();
  }

  #held(consumer: Consumer): Consumer {
    const poll: Consumer['poll'] = async (max, timeout) => {
      if (this.#left === 0) await this.#allowed();
      if (this.#left === 0) return [];
      const records = await consumer.poll(Math.min(max, this.#left), timeout);
      this.#left -= records.length;
      return records;
    };
    return new Proxy(consumer, {
      get: (target, name) => {
        if (name === 'poll') return poll;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }

  /** Resolves when records are allowed, or in a later turn. */
  #allowed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setImmediate(resolve);
    });
  }
}

/** Returns a backend in memory that outlives its processes, which use it one after the other. */
export const lasting = async (): Promise<Backend> => {
  const bytes = await memory().open('');
  const kept = new Proxy(bytes, {
    get: (target, name) => {
      if (name === 'close') return async () => {};
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { name: 'lasting', open: async () => kept };
};
