import type { Clock } from '@kstreams/core/graph';
import type { HeldRows, LocalStore } from '@kstreams/runtime';
import type { Limits } from '../options.js';
import type { CountBody } from '../protocol/bodies.js';
import type { Forwarded } from '../routing/peer-client.js';
import type { Peers } from '../routing/peers.js';
import { Problem, unavailable } from '../service/problem.js';
import { openAtLeast } from './at-least.js';
import { checkUnchanged, type Held, heldRows } from './held-rows.js';
import { countRows, type FoundRow, type Page, partitionOf, problemOf, readPage, readRow } from './local-reads.js';
import { mergePages } from './merge-pages.js';
import type { Freshness, GetQuery, ScanQuery } from './query.js';

/** Reads one store: in this process, and in the processes that hold its other partitions. */
export class StoreReads {
  readonly store: LocalStore;
  readonly #peers: Peers;
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, 'after' | 'now'>;

  constructor(store: LocalStore, peers: Peers, limits: Limits, clock: Pick<Clock, 'after' | 'now'>) {
    this.store = store;
    this.#peers = peers;
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Resolves to the row of a key.
   *
   * @throws Problem when the key has none, or no process can serve its partition.
   */
  async get(query: GetQuery, request: Forwarded): Promise<FoundRow> {
    const { store } = this;
    const [row] = await this.#gather([partitionOf(store, query.key)], query, request, {
      here: async ({ rows: [one], stale }) => {
        const json = await readRow(store, one as HeldRows, query);
        if (json !== undefined) return { json, stale };
        throw new Problem('no-such-row', 'the store has no row of this key', {}, stale);
      },
      there: (endpoint, partitions) => this.#peers.row(endpoint, partitions, request),
    });
    return row as FoundRow;
  }

  /**
   * Resolves to a page of rows in the order of their keys.
   *
   * @throws Problem when the rows of a partition cannot be read.
   */
  async page(query: ScanQuery, request: Forwarded): Promise<Page> {
    const { bytes } = this.#limits;
    const pages = await this.#gather(this.#partitionsOf(query), query, request, {
      here: (held) => readPage(this.store, held, query, bytes, request.signal),
      there: (endpoint, partitions) => this.#peers.page(endpoint, partitions, request),
    });
    return pages.length === 1 ? (pages[0] as Page) : mergePages(pages, query, bytes);
  }

  /**
   * Resolves to the number of rows.
   *
   * @throws Problem when the rows of a partition cannot be read.
   */
  async count(freshness: Freshness, request: Forwarded): Promise<CountBody> {
    const counts = await this.#gather(this.#partitionsOf(), freshness, request, {
      here: async ({ rows, stale }): Promise<CountBody> => ({
        count: await countRows(this.store, rows, freshness.isolation, request.signal),
        stale,
      }),
      there: (endpoint, partitions) => this.#peers.count(endpoint, partitions, request),
    });
    return {
      count: counts.reduce((sum, { count }) => sum + count, 0),
      stale: counts.flatMap(({ stale }) => stale ?? []),
    };
  }

  /**
   * Reads partitions where they are: in this process and in others at once. With a bound, copies are read of partitions that
   * no process can serve.
   */
  async #gather<T>(
    partitions: readonly number[],
    freshness: Freshness,
    request: Forwarded,
    { here, there }: Reads<T>,
  ): Promise<readonly T[]> {
    const { store } = this;
    const local = async (some: readonly number[]): Promise<T> => {
      const held = await this.#held(some, freshness, request);
      try {
        return await here(held);
      } finally {
        checkUnchanged(store, held);
      }
    };
    const copied = async (partition: number): Promise<T> => {
      const reads = [
        () => local([partition]),
        ...this.#peers.othersOf(store, partition).map((endpoint) => () => there(endpoint, [partition])),
      ];
      return firstAvailable(reads);
    };
    const owners = this.#peers.ownersOf(store, partitions, request);
    if (freshness.bound === undefined && owners.moving.length > 0)
      throw unavailable(
        `partitions ${owners.moving.join(', ')} move or are being restored: try again, or allow stale rows`,
      );
    const remote = async (endpoint: string, some: readonly number[]): Promise<readonly T[]> => {
      try {
        return [await there(endpoint, some)];
      } catch (thrown) {
        if (freshness.bound === undefined || !isUnavailable(thrown)) throw thrown;
        return Promise.all(some.map(copied));
      }
    };
    const reads = await Promise.all([
      ...(owners.local.length > 0 ? [local(owners.local).then((one) => [one])] : []),
      ...[...owners.remote].map(([endpoint, some]) => remote(endpoint, some)),
      ...owners.moving.map(async (partition) => [await copied(partition)]),
    ]);
    return reads.flat();
  }

  /** Resolves to the rows of partitions in this process once they are as fresh as a read needs them. */
  #held(partitions: readonly number[], freshness: Freshness, { signal }: Forwarded): Promise<Held> {
    const open = (): Promise<Held> => heldRows(this.store, partitions, freshness.bound, this.#clock);
    return openAtLeast(this.store, open, freshness, this.#clock, signal);
  }

  /** Returns the partitions that a scan reads. */
  #partitionsOf(query?: ScanQuery): readonly number[] {
    const windows = query?.selection.windows;
    if (windows !== undefined) return [partitionOf(this.store, { key: windows.key, start: 0, end: 0 })];
    return Array.from({ length: this.store.partitions }, (_, partition) => partition);
  }
}

/** Reads of partitions in this process and in another one. */
interface Reads<T> {
  readonly here: (held: Held) => Promise<T>;
  readonly there: (endpoint: string, partitions: readonly number[]) => Promise<T>;
}

/** Resolves to the result of the first read that is possible. */
const firstAvailable = async <T>(reads: readonly (() => Promise<T>)[]): Promise<T> => {
  let last: unknown;
  for (const read of reads) {
    try {
      return await read();
    } catch (thrown) {
      if (!isUnavailable(thrown)) throw thrown;
      last = thrown;
    }
  }
  throw last;
};

const isUnavailable = (thrown: unknown): boolean => problemOf(thrown)?.code === 'unavailable';
