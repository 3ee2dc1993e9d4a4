import { type Row, toTypedJson } from '@kstreams/core/graph';
import type { RowChange } from '@kstreams/runtime';
import { type Observable, Subject } from 'rxjs';
import type { SubscriptionEvent } from './subscription-events.js';

/** A key with its current row. */
interface Entry<K, V> {
  readonly key: K;
  readonly row: Row<V>;
}

/**
 * A copy of a table that follows its changes. It is consistent per partition: it holds the rows as of one commit. A
 * partition that is lost and found again is compared with its snapshot.
 *
 * @example
 * const live = client.view(revenue).live()
 * await live.ready
 * live.changes$.subscribe(({ key, row }) => console.log(key, row?.value))
 * console.log(live.get('ann'), live.size)
 * live.close()
 */
export class LiveRows<K, V> implements Iterable<readonly [key: K, row: Row<V>]> {
  /** Resolves when all partitions are complete. Rejects when the subscription is refused or closed before. */
  readonly ready: Promise<void>;
  readonly #partitions = new Map<number, Map<string, Entry<K, V>>>();
  /** The rows of snapshots that are not complete, by partition. */
  readonly #snapshots = new Map<number, Map<string, Entry<K, V>>>();
  readonly #changes = new Subject<RowChange<K, V>>();
  readonly #abort = new AbortController();

  constructor(events: (signal: AbortSignal) => AsyncIterable<SubscriptionEvent<K, V>>) {
    this.ready = new Promise((resolve, reject) => {
      this.#follow(events(this.#abort.signal), resolve).then(
        () => {
          reject(new Error('the subscription was closed before it was complete'));
          this.#changes.complete();
        },
        (error: unknown) => {
          reject(error);
          this.#changes.error(error);
        },
      );
    });
    // A refusal also reaches the subscribers of changes$.
    this.ready.catch(() => {});
  }

  /** The number of rows. */
  get size(): number {
    let size = 0;
    for (const rows of this.#partitions.values()) size += rows.size;
    return size;
  }

  /** The changed rows of each commit, once the partition is complete, and the differences to a later snapshot. */
  get changes$(): Observable<RowChange<K, V>> {
    return this.#changes;
  }

  /** Returns the value of a key, or `undefined`. */
  get(key: K): V | undefined {
    const id = keyId(key);
    for (const rows of this.#partitions.values()) {
      const entry = rows.get(id);
      if (entry !== undefined) return entry.row.value;
    }
    return undefined;
  }

  /** Returns the keys and their rows, in no order. */
  *[Symbol.iterator](): Iterator<readonly [key: K, row: Row<V>]> {
    for (const rows of this.#partitions.values()) for (const { key, row } of rows.values()) yield [key, row];
  }

  /** Ends the subscription. The rows stay as they are. */
  close(): void {
    this.#abort.abort();
  }

  async #follow(events: AsyncIterable<SubscriptionEvent<K, V>>, ready: () => void): Promise<void> {
    let count = Number.POSITIVE_INFINITY;
    for await (const event of events) {
      if (event.kind === 'begin') count = event.partitions;
      else this.#apply(event);
      if (this.#partitions.size === count) ready();
    }
  }

  #apply(event: Exclude<SubscriptionEvent<K, V>, { readonly kind: 'begin' }>): void {
    const { kind, partition } = event;
    if (kind === 'reset') this.#snapshots.set(partition, new Map());
    else if (kind === 'complete') this.#complete(partition);
    else if (kind === 'rows') {
      for (const change of event.changes) set(this.#snapshots.get(partition), change);
    } else if (kind === 'changes') {
      const rows = this.#partitions.get(partition);
      for (const change of event.changes) set(rows, change);
      for (const change of event.changes) this.#changes.next(change);
    }
  }

  /** Replaces the rows of a partition by its snapshot. */
  #complete(partition: number): void {
    const before = this.#partitions.get(partition);
    const after = this.#snapshots.get(partition) ?? new Map<string, Entry<K, V>>();
    this.#snapshots.delete(partition);
    this.#partitions.set(partition, after);
    if (before === undefined) return;
    for (const [id, { key }] of before) if (!after.has(id)) this.#changes.next({ key, row: undefined });
    for (const [id, entry] of after) if (!isSame(before.get(id), entry)) this.#changes.next(entry);
  }
}

const set = <K, V>(rows: Map<string, Entry<K, V>> | undefined, { key, row }: RowChange<K, V>): void => {
  if (row === undefined) rows?.delete(keyId(key));
  else rows?.set(keyId(key), { key, row });
};

const isSame = <K, V>(a: Entry<K, V> | undefined, b: Entry<K, V>): boolean =>
  a?.row.timestamp === b.row.timestamp && keyId(a.row.value) === keyId(b.row.value);

/** Returns a text that is equal for equal values, with the members of objects in order. */
const keyId = (key: unknown): string =>
  JSON.stringify(toTypedJson(key), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
