import { type Bytes, concatBytes } from '../bytes.js';
import { encodeTimestamp, readTimestamp, timestampLength, writeTimestamp } from '../ordered.js';
import type { Coordinates, Serde } from '../serde.js';
import type { FlushRow, Store, StoreAccess, StoreSpec } from '../store.js';
import { keyIds, Rows } from './rows.js';

/** A record that waits for its other side. */
export interface Buffered<V> {
  readonly timestamp: number;
  readonly value: V;
}

/**
 * Every record of one side of a join for as long as it may be met. Records of one key and stretch of time are packed
 * under one byte key, so that a probe is a few point reads.
 */
export interface JoinBuffer<K, V> extends Store {
  /** Adds a record; false when it is older than what the buffer keeps. */
  add(key: K, timestamp: number, value: V): boolean;
  /** The records of a key with `from <= timestamp <= to`, by timestamp, then by arrival. */
  probe(key: K, from: number, to: number): readonly Buffered<V>[];
}

/** How a join buffer is made. */
export interface JoinBufferOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** How long behind the newest record of its side a record is kept, in ms. */
  readonly retention: number;
  readonly named: boolean;
}

const dayLength = 86_400_000;
/** Packed records begin with this byte; the row of the newest timestamp with another. */
const runTag = Uint8Array.of(1);
const newestKey = Uint8Array.of(0);

/** A join buffer; its changelog keeps records a day longer than the buffer does, as in Kafka Streams. */
export const joinBuffer = <K, V>(name: string, options: JoinBufferOptions<K, V>): StoreSpec<JoinBuffer<K, V>> => ({
  name,
  changelog: { cleanup: 'delete', retention: options.retention + dayLength },
  key: options.key,
  value: options.value,
  shape: 'buffer',
  named: options.named,
  open: (access) => new JoinRuns(name, options, access),
});

interface RunKey<K> {
  readonly segment: number;
  readonly key: K;
}

class JoinRuns<K, V> implements JoinBuffer<K, V> {
  readonly #rows: Rows<RunKey<K>, Buffered<V>[]>;
  readonly #access: StoreAccess;
  readonly #retention: number;
  /** How long a stretch of time is: a probe over the whole retention reads at most three. */
  readonly #segmentLength: number;
  #newest: number;
  #newestDirty = false;
  #cleared = Number.NEGATIVE_INFINITY;

  constructor(store: string, { key, value, retention }: JoinBufferOptions<K, V>, access: StoreAccess) {
    const keyId = keyIds(key);
    this.#access = access;
    this.#retention = retention;
    this.#segmentLength = Math.max(1, Math.ceil(retention / 2));
    this.#rows = new Rows(
      {
        store,
        id: (run) => `${run.segment} ${typeof run.key} ${keyId(run.key)}`,
        encodeKey: (run, at) => concatBytes(runTag, encodeTimestamp(run.segment), key.encode(run.key, at)),
        encode: (run, at) => encodeRun(run, value, at),
        decode: (bytes, at) => decodeRun(bytes, value, at),
        immutable: false,
      },
      access,
    );
    const newest = access.get(newestKey);
    this.#newest = newest === undefined ? Number.NEGATIVE_INFINITY : readTimestamp(newest, timestampLength);
  }

  add(key: K, timestamp: number, value: V): boolean {
    this.#advance(timestamp);
    if (timestamp <= this.#newest - this.#retention) return !this.#countsAsExpired(timestamp);
    const runKey = { segment: this.#segmentOf(timestamp), key };
    const row = this.#rows.get(runKey);
    const run = row?.value ?? [];
    let at = run.length;
    while (at > 0 && (run[at - 1] as Buffered<V>).timestamp > timestamp) at--;
    const added = { timestamp, value };
    run.splice(at, 0, added);
    this.#access.journal.undo?.(() => run.splice(run.indexOf(added), 1));
    this.#rows.put(runKey, run, Math.max(timestamp, row?.timestamp ?? timestamp));
    return true;
  }

  probe(key: K, from: number, to: number): readonly Buffered<V>[] {
    const first = Math.max(from, this.#newest - this.#retention + 1);
    const found: Buffered<V>[] = [];
    const last = Math.min(to, this.#newest);
    for (let segment = this.#segmentOf(first); segment <= last; segment += this.#segmentLength) {
      for (const one of this.#rows.get({ segment, key })?.value ?? []) {
        if (one.timestamp >= first && one.timestamp <= to) found.push(one);
      }
    }
    return found;
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
    if (this.#newestDirty) write(newestKey, encodeTimestamp(this.#newest), Math.max(0, this.#newest));
    this.#newestDirty = false;
  }

  settled(): void {
    this.#rows.settled();
  }

  expired(): readonly (readonly [from: Bytes, to: Bytes])[] {
    const before = this.#segmentOf(this.#newest - this.#retention - this.#segmentLength);
    if (!(before > this.#cleared)) return [];
    this.#cleared = before;
    return [[runTag, concatBytes(runTag, encodeTimestamp(before))]];
  }

  /** Kafka Streams expires whole segments of at least a minute, and counts only what falls behind those. */
  #countsAsExpired(timestamp: number): boolean {
    const segment = Math.max(60_000, Math.floor(this.#retention / 2));
    return Math.floor(timestamp / segment) < Math.floor((this.#newest - this.#retention) / segment);
  }

  #segmentOf(timestamp: number): number {
    return Math.floor(timestamp / this.#segmentLength) * this.#segmentLength;
  }

  #advance(timestamp: number): void {
    if (timestamp <= this.#newest) return;
    const before = this.#newest;
    this.#access.journal.undo?.(() => {
      this.#newest = before;
    });
    this.#newest = timestamp;
    this.#newestDirty = true;
  }
}

const encodeRun = <V>(run: readonly Buffered<V>[], serde: Serde<V>, at: Coordinates): Bytes =>
  concatBytes(
    ...run.flatMap(({ timestamp, value }) => {
      const bytes = serde.encode(value, at);
      const head = new Uint8Array(timestampLength + 4);
      writeTimestamp(head, 0, timestamp);
      new DataView(head.buffer).setUint32(timestampLength, bytes.length);
      return [head, bytes];
    }),
  );

const decodeRun = <V>(bytes: Bytes, serde: Serde<V>, at: Coordinates): Buffered<V>[] => {
  const run: Buffered<V>[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let from = 0; from < bytes.length; ) {
    const start = from + timestampLength + 4;
    const end = start + view.getUint32(from + timestampLength);
    run.push({ timestamp: readTimestamp(bytes, from), value: serde.decode(bytes.subarray(start, end), at) });
    from = end;
  }
  return run;
};
