import { type Bytes, bytesToId, concatBytes, idToBytes } from '../graph/bytes.js';
import { messageOf, StateError } from '../graph/errors.js';
import { Pending, retryPending } from '../graph/pending.js';
import { rowValue } from '../graph/row-bytes.js';
import type { Coordinates, Serde } from '../graph/serde.js';
import type { FlushRow, Row, StoreAccess } from '../graph/store.js';
import type { DueTimer, Timer, TimerRows, Timers } from '../graph/timers.js';
import { encodeTimestamp, readTimestamp, timestampLength } from '../graph/timestamp-bytes.js';
import { InMemoryRows } from './in-memory-rows.js';
import { keptKeys } from './key-ids.js';
import { OrderedMap } from './ordered-map.js';
import type { StoredRow, StoredRows } from './stored-rows.js';

interface OpenTimer<K, V> {
  readonly key: K;
  readonly at: number;
  readonly row: StoredRow<V>;
}

/** A due timer that decodes its value when it is read. */
class Due<K, V> implements DueTimer<K, V> {
  readonly position: string;
  readonly key: K;
  readonly at: number;
  readonly #row: StoredRow<V>;
  readonly #values: StoredRows<V>;

  constructor(position: string, { at, key, row }: OpenTimer<K, V>, values: StoredRows<V>) {
    this.position = position;
    this.key = key;
    this.at = at;
    this.#row = row;
    this.#values = values;
  }

  get value(): V {
    return this.#values.read(this.#row).value;
  }
}

/** The timestamp of all rows. Topics refuse timestamps that are far ahead, such as the instants of timers. */
const timestamp = 0;

/** Timers in memory, by key and in the order in which they fire. */
export class OpenTimers<K, V> implements Timers<K, V>, TimerRows<K, V> {
  readonly #store: string;
  readonly #key: Serde<K>;
  readonly #values: StoredRows<V>;
  readonly #keptKey: (key: K) => K;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  /** The open timers, by their encoded keys. */
  readonly #open = new Map<string, OpenTimer<K, V>>();
  /** The encoded keys of the open timers, by instant, then key. */
  readonly #order = new OrderedMap<string>();
  readonly #rows: InMemoryRows<OpenTimer<K, V>>;
  /** The instant of the first open timer; undefined when it must be looked up. */
  #earliest: number | undefined = Number.POSITIVE_INFINITY;

  constructor(store: string, key: Serde<K>, values: StoredRows<V>, access: StoreAccess) {
    this.#store = store;
    this.#key = key;
    this.#values = values;
    this.#keptKey = keptKeys(key, access.topic);
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#rows = new InMemoryRows(
      {
        store,
        entries: this.#open,
        encode: ({ at, row }) => concatBytes(encodeTimestamp(at), this.#values.encode(row)),
        maxSize: ({ row }) => timestampLength + this.#values.maxSize(row),
        timestamp: () => timestamp,
        onChange: (id, before, after) => this.#moved(id, before, after),
      },
      access,
    );
  }

  get size(): number {
    return this.#open.size;
  }

  /** The instant of the first open timer; `Infinity` without any. */
  get earliest(): number {
    this.#earliest ??= this.next('')?.at ?? Number.POSITIVE_INFINITY;
    return this.#earliest;
  }

  /** The instant of the last open timer; `-Infinity` without any. */
  get latest(): number {
    const last = this.#order.last('', afterAll);
    if (last === undefined) return Number.NEGATIVE_INFINITY;
    return (this.#open.get(this.#order.get(last) as string) as OpenTimer<K, V>).at;
  }

  get(key: K): Timer<V> | undefined {
    const open = this.#open.get(this.#idOf(key));
    return open && this.#timerOf(open);
  }

  set(key: K, at: number, value: V): void {
    if (!Number.isSafeInteger(at))
      throw new StateError(`a timer of "${this.#store}" was set for ${at}: use whole milliseconds since 1970`);
    const id = this.#idOf(key);
    const before = this.#open.get(id);
    this.#change(id, before, { key: before?.key ?? this.#keptKey(key), at, row: this.#values.store(value, at) });
  }

  cancel(key: K): void {
    const id = this.#idOf(key);
    const before = this.#open.get(id);
    if (before !== undefined) this.#change(id, before, undefined);
  }

  /** Returns the first timer after a position, and from an instant on if given; `''` is before all positions. */
  next(after: string, from?: number): DueTimer<K, V> | undefined {
    const first = from === undefined ? '' : positionOf(from, '');
    for (const [id, keyId] of this.#order.walk(first > after ? first : after)) {
      if (id === after) continue;
      return new Due(id, this.#open.get(keyId) as OpenTimer<K, V>, this.#values);
    }
    return undefined;
  }

  get changed(): number {
    return this.#rows.changedCount;
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
  }

  markCommitted(): void {}

  async load(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void> {
    for await (const [bytes, row] of rows) {
      const open = await retryPending(() => ({ ...this.#decode(row), key: this.#key.decode(bytes, this.#at) }));
      this.#rows.load(bytes, open);
    }
  }

  *uncommitted(): Iterable<readonly [key: Bytes, read: (() => Row<Timer<V>>) | undefined]> {
    for (const [id, open] of this.#open) yield [idToBytes(id), () => ({ value: this.#timerOf(open), timestamp })];
    for (const id of this.#rows.changed) if (!this.#open.has(id)) yield [idToBytes(id), undefined];
  }

  read(key: K): Row<Timer<V>> | undefined {
    const value = this.get(key);
    return value && { value, timestamp };
  }

  #timerOf({ at, row }: OpenTimer<K, V>): Timer<V> {
    return { at, value: this.#values.read(row).value };
  }

  #decode(bytes: Bytes): Pick<OpenTimer<K, V>, 'at' | 'row'> {
    try {
      const row = rowValue(bytes);
      const at = readTimestamp(row);
      return { at, row: this.#values.load(row.subarray(timestampLength), at) };
    } catch (thrown) {
      if (thrown instanceof Pending) throw thrown;
      throw new StateError(`store "${this.#store}" has a row that is not a timer: ${messageOf(thrown)}`, {}, thrown);
    }
  }

  #change(id: string, before: OpenTimer<K, V> | undefined, after: OpenTimer<K, V> | undefined): void {
    const { observeRow } = this.#access;
    observeRow?.({
      how: 'write',
      key: (after ?? before)?.key,
      before: before && this.#timerOf(before),
      after: after && this.#timerOf(after),
    });
    this.#rows.put(id, before, after);
  }

  #moved(id: string, before: OpenTimer<K, V> | undefined, after: OpenTimer<K, V> | undefined): void {
    if (before !== undefined) this.#order.delete(positionOf(before.at, id));
    if (before !== undefined && before.at === this.#earliest) this.#earliest = undefined;
    if (after === undefined) return;
    this.#order.set(positionOf(after.at, id), id);
    if (this.#earliest !== undefined && after.at < this.#earliest) this.#earliest = after.at;
  }

  #idOf(key: K): string {
    return bytesToId(this.#key.encode(key, this.#at));
  }
}

/** A position after those of all timers. */
const afterAll = '\uffff';

/** Returns a position in the order of instants, then of the keys' bytes. */
const positionOf = (at: number, id: string): string => bytesToId(encodeTimestamp(at)) + id;
