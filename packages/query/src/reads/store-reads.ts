import type { Clock } from '@kstreams/core/graph';
import type { LocalStore, OpenStore } from '@kstreams/runtime';
import { Problem } from '../http/problem.js';
import type { Limits } from '../options.js';
import type { Forwarded, Peers } from '../routing/peers.js';
import { openAtLeast } from './at-least.js';
import { countRows, openOf, type Page, partitionOf, readPage, readRow } from './local-reads.js';
import { mergePages } from './merge-pages.js';
import type { Freshness, GetQuery, ScanQuery } from './query.js';

/** Reads one store: in this process, and in the processes that hold its other partitions. */
export class StoreReads {
  readonly store: LocalStore;
  readonly #peers: Peers;
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, 'after'>;

  constructor(store: LocalStore, peers: Peers, limits: Limits, clock: Pick<Clock, 'after'>) {
    this.store = store;
    this.#peers = peers;
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Resolves to the row of a key as JSON text.
   *
   * @throws Problem when the key has none, or no process holds its partition.
   */
  async get(query: GetQuery, request: Forwarded): Promise<string> {
    const owners = this.#peers.ownersOf(this.store, [partitionOf(this.store, query.key)], request);
    const [remote] = owners.remote;
    if (remote !== undefined) return JSON.stringify(await this.#peers.ask(...remote, request));
    await this.#open(owners.local, query, request);
    const row = await readRow(this.store, query);
    if (row !== undefined) return row;
    throw new Problem('no-such-row', 'the store has no row of this key');
  }

  /**
   * Resolves to a page of rows in the order of their keys.
   *
   * @throws Problem when the rows of a partition cannot be read.
   */
  async page(query: ScanQuery, request: Forwarded): Promise<Page> {
    const { store } = this;
    const { local, remote } = this.#peers.ownersOf(store, this.#partitionsOf(query), request);
    const here = async (): Promise<Page> =>
      readPage(store, await this.#open(local, query, request), query, this.#limits.bytes, request.signal);
    if (remote.size === 0) return here();
    const pages = [...remote].map((owner) => this.#peers.page(...owner, request));
    return mergePages(await Promise.all(local.length > 0 ? [here(), ...pages] : pages), query, this.#limits.bytes);
  }

  /**
   * Resolves to the number of rows.
   *
   * @throws Problem when the rows of a partition cannot be read.
   */
  async count(freshness: Freshness, request: Forwarded): Promise<number> {
    const { local, remote } = this.#peers.ownersOf(this.store, this.#partitionsOf(), request);
    const counts = await Promise.all([
      this.#open(local, freshness, request).then((open) =>
        countRows(this.store, open, freshness.isolation, request.signal),
      ),
      ...[...remote].map((owner) => this.#peers.count(...owner, request)),
    ]);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Resolves to open partitions once they are as fresh as a read needs them. */
  #open(partitions: readonly number[], freshness: Freshness, { signal }: Forwarded): Promise<readonly OpenStore[]> {
    return openAtLeast(this.store, () => openOf(this.store, partitions), freshness, this.#clock, signal);
  }

  /** Returns the partitions that a scan reads. */
  #partitionsOf(query?: ScanQuery): readonly number[] {
    const windows = query?.selection.windows;
    if (windows !== undefined) return [partitionOf(this.store, { key: windows.key, start: 0, end: 0 })];
    return Array.from({ length: this.store.partitions }, (_, partition) => partition);
  }
}
