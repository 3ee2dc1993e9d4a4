import {
  type ByteStore,
  type Clock,
  concatBytes,
  decodePosition,
  encodeRow,
  isPromise,
  positionKey,
  positionWrite,
  type Received,
  rangeOf,
  retryPending,
  type StoredPosition,
  type TopicPartition,
  type Write,
} from '@kstreams/core/graph';
import type { RowKey, RowTimestamp } from '../task/restored-row.js';
import type { StoreCopies } from '../task/stores/store-copies.js';
import type { Changelog, StorePartition } from '../task/stores/store-partition.js';
import { causeToDrop, positionAt } from '../task/stores/stored-position.js';
import type { RestoreEvent } from './restore-event.js';
import { SourceTopicLoader } from './source-topic-loader.js';

/** A store to restore. */
export interface RestoreTarget {
  readonly store: StorePartition;
  /** The id of its task, for events. */
  readonly task: string;
  /** The end of the restore from a source topic: the committed offset of the group. A changelog is read to its end. */
  readonly until?: number;
  /** True when no committed offset of its sources names its changelog. */
  readonly withoutOffsets?: boolean;
  /** Returns the row timestamp of a source record; undefined skips it. Changelog records become rows unchanged. */
  readonly rowTimestamp?: RowTimestamp;
  /** Returns the key of the row of a source record. Changelog records have those of their rows. */
  readonly rowKey?: RowKey;
}

/** The place that a restore writes to, and the receiver of its events. */
interface RestoreOutput {
  readonly bytes: ByteStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly emit: (event: RestoreEvent) => void;
  readonly copies: StoreCopies;
}

/** The restore of one store, from its stored position to its end. */
export class StoreRestore {
  /** The offset after the last record to apply. */
  readonly end: number;
  readonly #target: RestoreTarget;
  readonly #output: RestoreOutput;
  /** Set where rows are derived from the records. */
  readonly #loader: SourceTopicLoader | undefined;
  #at: number;
  #restored = 0;
  #hasRows = false;

  private constructor(target: RestoreTarget, output: RestoreOutput, at: number, end: number) {
    this.#target = target;
    this.#output = output;
    this.#at = at;
    this.end = end;
    this.#loader = at < end ? SourceTopicLoader.open(target.store, output.bytes) : undefined;
  }

  /**
   * Reads the stored position of a store, whose source has records from `first` to `last`. Drops rows of an invalid one, and
   * takes those of a copy where the backend has one.
   */
  static async open(
    target: RestoreTarget,
    { first, last }: { readonly first: number; readonly last: number },
    output: RestoreOutput,
    signal: AbortSignal,
  ): Promise<StoreRestore> {
    const { bytes, clock, copies, emit } = output;
    const { store, until } = target;
    const end = until === undefined ? last : Math.min(until, last);
    const from = (rows: StoredPosition | undefined): StoreRestore => {
      const at = rows?.offset ?? first;
      const restore = new StoreRestore(target, output, Math.max(at, first), end);
      copies.restoring(store, rows?.partial === true ? undefined : rows?.time, restore);
      if (at > first) restore.#foundRows();
      return restore;
    };
    const key = positionKey(store.spec.name, store.partition);
    const causeOf = (one: StoredPosition) => causeToDrop(one, store.changelog as Changelog, last, clock.now());
    const position = await positionIn(bytes, key);
    const cause = position && causeOf(position);
    if (position !== undefined && cause === undefined) return from(position);
    copies.remove([store]);
    await bytes.commit([[key, undefined]]);
    await bytes.clear(...rangeOf(store.prefix));
    if (position !== undefined && cause !== undefined)
      emit({ kind: 'state-dropped', ...placeOf(target), cause, at: position.offset, to: last });
    if (bytes.recover === undefined) return from(undefined);
    await bytes.recover({
      store: store.spec.name,
      partition: store.partition,
      topicId: store.changelog?.id,
      accepts: (one) => one.offset <= end && causeOf(one) === undefined,
      signal,
    });
    return from(await positionIn(bytes, key));
  }

  /** The offset of the next record to apply. */
  get at(): number {
    return this.#at;
  }

  /** True when no record is left to apply. */
  get done(): boolean {
    return this.#at >= this.end;
  }

  started(): void {
    this.#output.emit({ kind: 'restore-started', ...placeOf(this.#target), from: this.#at, to: this.end });
  }

  ended(complete: boolean): void {
    this.#output.emit({ kind: 'restore-ended', ...placeOf(this.#target), restored: this.#restored, complete });
  }

  /** Writes the rows of records and the position after them in one batch. Ignores records outside of the restore. */
  async take(batch: readonly Received[], signal: AbortSignal): Promise<void> {
    const { store, rowKey, rowTimestamp = ({ timestamp }: Received) => timestamp } = this.#target;
    const records = batch.filter(({ offset }) => offset >= this.#at && offset < this.end);
    const last = records.at(-1);
    if (last === undefined) return;
    const time = this.#output.clock.now();
    const stored = { ...positionAt(store, last.offset + 1, time), partial: last.offset + 1 < this.end };
    const position = positionWrite(store.spec.name, store.partition, stored);
    const loader = this.#loader;
    const rows: Write[] = [];
    for (const record of records) {
      const { key, value } = record;
      if (key === null) continue;
      // Most records need no wait, and a promise for each costs more than its row.
      const found = rowTimestamp(record, signal);
      const timestamp = isPromise(found) ? await found : found;
      if (timestamp === undefined) continue;
      const row = rowKey?.(key, record) ?? key;
      if (loader === undefined)
        rows.push([concatBytes(store.prefix, row), value === null ? undefined : encodeRow(value, timestamp)]);
      else await loader.take(row, value, timestamp);
    }
    await (loader === undefined ? this.#output.bytes.commit([...rows, position]) : loader.commit([position]));
    this.#foundRows();
    this.#at = last.offset + 1;
    this.#restored += records.length;
    const progress = { restored: this.#restored, at: this.#at, to: this.end };
    this.#output.emit({ kind: 'restore-progress', ...placeOf(this.#target), ...progress });
  }

  #foundRows(): void {
    if (this.#target.withoutOffsets === true && !this.#hasRows) {
      this.#output.emit({ kind: 'state-without-offsets', ...placeOf(this.#target) });
    }
    this.#hasRows = true;
  }
}

const positionIn = async (bytes: ByteStore, key: Uint8Array): Promise<StoredPosition | undefined> => {
  const stored = await retryPending(() => bytes.get(key));
  return stored && decodePosition(stored);
};

/** Returns the partition that a store is restored from. */
export const sourceOf = ({ changelog, partition }: StorePartition): TopicPartition => ({
  topic: (changelog as Changelog).topic,
  partition,
});

const placeOf = ({ store: { partition, spec }, task }: RestoreTarget) => ({ task, store: spec.name, partition });
