/** Subscribers and scans, each judged. */

import { setTimeout as pause } from 'node:timers/promises';
import { type LiveRows, queryClient, type RemoteView } from '@kstreams/query/client';
import { belongsTo, keys, lastOf, store } from './input.js';

/** Returns a view that begins at one of the processes. */
const viewFrom = (urls: readonly string[], first: number): RemoteView<number, number> =>
  queryClient([...urls.slice(first % urls.length), ...urls.slice(0, first % urls.length)], { timeout: '120s' }).view(
    store,
  );

/** Copies of the table that follow it, spread over the processes. */
export class Subscribers {
  readonly problems = new Set<string>();
  readonly #copies: readonly LiveRows<number, number>[];

  constructor(urls: readonly string[], count: number) {
    this.#copies = Array.from({ length: count }, (_, index) => viewFrom(urls, index).live());
    for (const [index, copy] of this.#copies.entries()) {
      const newest = new Array<number>(keys).fill(0);
      copy.changes$.subscribe({
        next: ({ key, row }) => {
          const number = row?.value ?? -1;
          if (!belongsTo(key, number) || number < (newest[key] as number))
            this.problems.add(`subscriber ${index} received ${number} for key ${key} after ${newest[key]}`);
          else newest[key] = number;
        },
        error: (thrown: unknown) => void this.problems.add(`subscriber ${index} failed: ${thrown}`),
      });
    }
  }

  /** Resolves once all of them have the whole table. */
  async ready(): Promise<void> {
    await Promise.all(this.#copies.map(({ ready }) => ready));
  }

  /** Resolves to the number of copies that hold the rows of all `records`, once all do, or after some ms. */
  async complete(records: number, patience: number): Promise<number> {
    for (const deadline = performance.now() + patience; ; await pause(500)) {
      const complete = this.#copies.length - this.incomplete(records).length;
      if (complete === this.#copies.length || performance.now() > deadline) return complete;
    }
  }

  /** Returns a problem per copy that does not hold the rows of all `records`. */
  incomplete(records: number): readonly string[] {
    return this.#copies.flatMap((copy, index) => {
      const right = [...copy].filter(([key, { value }]) => value === lastOf(key, records)).length;
      return copy.size === keys && right === keys
        ? []
        : [`subscriber ${index} has ${copy.size} rows, ${right} of them right, not ${keys}`];
    });
  }

  close(): void {
    for (const copy of this.#copies) copy.close();
  }
}

/** Scans of the whole table, one after the other, from another process each time. */
export class Scans {
  readonly problems: string[] = [];
  readonly #urls: readonly string[];
  #stopped = false;
  /** The number of scans that ended. */
  ended = 0;

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  /** Scans until it is stopped. */
  async run(): Promise<void> {
    for (let first = 0; !this.#stopped; first++) {
      const rows = new Map<number, number>();
      let count = 0;
      for await (const [key, { value }] of viewFrom(this.#urls, first).all()) {
        count++;
        if (belongsTo(key, value)) rows.set(key, value);
      }
      this.ended++;
      if (count !== keys || rows.size !== keys)
        this.problems.push(`a scan returned ${count} rows with ${rows.size} right keys, not ${keys}`);
      await pause(50);
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}
