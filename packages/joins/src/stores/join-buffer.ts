import {
  type Bytes,
  concatBytes,
  encodeTimestamp,
  type FlushRow,
  type Row,
  type Serde,
  type StoreAccess,
  type StoreRows,
  type StoreSpec,
  timestampLength,
  writeTimestamp,
} from '@kstreams/core/graph';
import {
  decodeNumbers,
  encodeNumbers,
  internalRows,
  SingleRow,
  type StoredRow,
  type StoredRows,
  storedRows,
  TimedRows,
} from '@kstreams/core/state';
import {
  type Bounds,
  boundsOf,
  decodeRun,
  emptyRun,
  encodeRun,
  maxRecordSize,
  maxRunSize,
  type Run,
  runLength,
  runOf,
  runSize,
} from './join-run.js';

/**
 * The records of one side of a join, for as long as they may match.
 *
 * Time is cut into segments of half the retention. The records of a key in a segment are kept in runs of 64, or of 64 KiB,
 * each under one byte key. Adding a record rewrites the last run only. A probe is a few point reads, since the first run holds
 * the bounds of full runs; a larger record has a separate run behind it.
 */
export interface JoinBuffer<K, V> {
  /**
   * Adds a record; returns false when it has expired. `counted` is the timestamp that advances the buffer's time; it is
   * lower than the record's for a record that arrives out of turn (see `Context.clock`).
   */
  add(key: K, timestamp: number, value: V, counted?: number): boolean;
  /** Advances the buffer's time to a timestamp. */
  observe(counted: number): void;
  /** Returns the records of a key with `from <= timestamp <= to`, by timestamp, then by arrival. */
  probe(key: K, from: number, to: number): readonly Row<V>[];
  /** The time of the buffer, from which records expire; -Infinity before the first record. */
  readonly newest: number;
}

/** The options of a join buffer. */
export interface JoinBufferOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** The time a record is kept behind the newest of its side, in ms. */
  readonly retention: number;
  readonly named: boolean;
}

const dayLength = 86_400_000;

/** Creates the spec of a join buffer. As in Kafka Streams, its changelog keeps records one day longer. */
export const joinBuffer = <K, V>(name: string, options: JoinBufferOptions<K, V>): StoreSpec<JoinBuffer<K, V>> => ({
  name,
  changelog: { cleanup: 'delete', retention: options.retention + dayLength },
  key: options.key,
  value: options.value,
  kind: 'join-buffer',
  named: options.named,
  open: (access) => {
    const buffer = new JoinRuns(name, options, access);
    return { handle: buffer, rows: buffer };
  },
});

/** The clocks of a buffer. */
interface BufferClocks {
  readonly newest: number;
  /** The largest timestamp of any record, including those out of turn: the upper bound of searches. */
  readonly farthest: number;
}

/** A key and segment, with the largest timestamp of all records and the latest segment before the current one. */
interface Place<K> {
  readonly key: K;
  readonly segment: number;
  readonly farthest: number;
  readonly latest: number;
}

/** The first byte of the keys of runs; it sorts after that of the row of clocks. */
const runTag = Uint8Array.of(1);
const clocksKey = Uint8Array.of(0);

class JoinRuns<K, V> implements JoinBuffer<K, V>, StoreRows {
  readonly #values: StoredRows<V>;
  /** The runs of a key in a segment, by number. */
  readonly #runs: TimedRows<K, Run<V>>;
  readonly #clocks: SingleRow<BufferClocks>;
  readonly #access: StoreAccess;
  readonly #retention: number;
  /** The length of a segment, in ms: a probe over the whole retention reads at most three. */
  readonly #segmentLength: number;
  /** The size at which a run is full, in bytes. */
  readonly #runSize: number;
  /** The end of the segments that had expired at the last flush. */
  #expired = Number.NEGATIVE_INFINITY;
  #cleared = Number.NEGATIVE_INFINITY;

  constructor(store: string, { key, value, retention }: JoinBufferOptions<K, V>, access: StoreAccess) {
    const values = storedRows(store, value, access);
    this.#values = values;
    this.#access = access;
    this.#retention = retention;
    this.#segmentLength = Math.max(1, Math.ceil(retention / 2));
    this.#runSize = Math.min(runSize, (access.maxRowSize ?? Number.POSITIVE_INFINITY) / 4);
    this.#clocks = clocksRow(access);
    this.#runs = new TimedRows(
      {
        store,
        key,
        encodeKey: encodeRunKey,
        shownKey: (key, segment, number) => ({ key, segment, number }),
        values: internalRows<Run<V>>({
          encode: (run) => encodeRun(run, values),
          decode: (bytes) => decodeRun(bytes, values),
          maxSize: maxRunSize,
        }),
      },
      access,
    );
  }

  get newest(): number {
    return this.#clocks.get().newest;
  }

  add(key: K, timestamp: number, value: V, counted = timestamp): boolean {
    const record = this.#values.store(value, timestamp);
    const { farthest: before } = this.#clocks.get();
    const { farthest, newest } = this.#move(timestamp, counted);
    if (timestamp <= newest - this.#retention) return !this.#countsAsExpired(timestamp, newest);
    const segment = this.#segmentOf(timestamp);
    const latest = this.#segmentOf(before);
    const size = maxRecordSize(record, this.#values);
    const first = this.#find(key, segment, 0, latest);
    if (first === undefined && size <= this.#runSize) {
      this.#runs.put(key, segment, 0, runOf(record, size), farthest, latest);
      return true;
    }
    this.#append({ key, segment, farthest, latest }, first ?? emptyRun(), record, size);
    return true;
  }

  observe(counted: number): void {
    this.#move(counted, counted);
  }

  probe(key: K, from: number, to: number): readonly Row<V>[] {
    const { farthest, newest } = this.#clocks.get();
    const first = Math.max(from, newest - this.#retention + 1);
    const last = Math.min(to, farthest);
    const latest = this.#segmentOf(farthest);
    const found: Row<V>[] = [];
    for (let segment = this.#segmentOf(first); segment <= last; segment += this.#segmentLength) {
      const head = this.#find(key, segment, 0, latest);
      if (head === undefined) continue;
      for (let number = 0; number <= head.full.length; number++) {
        const bounds = head.full[number];
        if (bounds !== undefined && (bounds.last < first || bounds.first > last)) continue;
        for (const one of number === 0 ? head.records : this.#run(key, segment, number, latest).records) {
          if (one.timestamp >= first && one.timestamp <= last) found.push(this.#values.read(one));
        }
      }
    }
    return inTime(found) ? found : found.sort((a, b) => a.timestamp - b.timestamp);
  }

  get changed(): number {
    return this.#runs.changed;
  }

  flush(write: FlushRow): void {
    const { loaded } = this.#clocks;
    if (loaded !== undefined) this.#expired = this.#firstKept(loaded.newest);
    this.#runs.flush(write, this.#expired);
    this.#clocks.flush(write);
  }

  markCommitted(): void {
    this.#runs.markCommitted(this.#expired);
  }

  expired(): readonly (readonly [from: Bytes, to: Bytes])[] {
    if (!(this.#expired > this.#cleared)) return [];
    this.#cleared = this.#expired;
    return [[runTag, concatBytes(runTag, encodeTimestamp(this.#expired))]];
  }

  #move(timestamp: number, counted: number): BufferClocks {
    const clocks = this.#clocks.get();
    if (counted <= clocks.newest && timestamp <= clocks.farthest) return clocks;
    const moved = { newest: Math.max(clocks.newest, counted), farthest: Math.max(clocks.farthest, timestamp) };
    this.#clocks.set(moved);
    const expired = this.#firstKept(moved.newest);
    if (expired > this.#firstKept(clocks.newest)) this.#runs.drop(expired);
    return moved;
  }

  /** Adds a record to the last run of a key and segment, or to a new one. */
  #append(place: Place<K>, first: Run<V>, record: StoredRow<V>, size: number): void {
    let last = first.full.length === 0 ? first : this.#run(place.key, place.segment, first.full.length, place.latest);
    if (last.size + size > this.#runSize && (last === first || last.records.length > 0)) {
      const { timestamp } = record;
      this.#end(
        place,
        first,
        last.records.length === 0 ? { first: timestamp, last: timestamp } : boundsOf(last.records),
      );
      last = emptyRun();
    }
    last.records.push(record);
    last.size += size;
    this.#access.journal.undo?.(() => {
      last.records.pop();
      last.size -= size;
    });
    this.#put(place, first.full.length, last);
    if (last.records.length === runLength) this.#end(place, first, boundsOf(last.records));
  }

  /** Adds the bounds of a full run to the first one of its key and segment. */
  #end(place: Place<K>, first: Run<V>, bounds: Bounds): void {
    const { full } = first;
    first.full = [...full, bounds];
    this.#access.journal.undo?.(() => {
      first.full = full;
    });
    this.#put(place, 0, first);
  }

  /** Writes a run. The largest timestamp of all is at least that of the run, so the changelog keeps the row long enough. */
  #put({ farthest, key, latest, segment }: Place<K>, number: number, run: Run<V>): void {
    this.#runs.put(key, segment, number, run, farthest, latest);
  }

  /** True when a record expires as in Kafka Streams: by whole segments of at least one minute. */
  #countsAsExpired(timestamp: number, newest: number): boolean {
    const segment = Math.max(60_000, Math.floor(this.#retention / 2));
    return Math.floor(timestamp / segment) < Math.floor((newest - this.#retention) / segment);
  }

  /** Returns the first segment with records that have not expired. */
  #firstKept(newest: number): number {
    return this.#segmentOf(newest - this.#retention + 1);
  }

  #segmentOf(timestamp: number): number {
    return Math.floor(timestamp / this.#segmentLength) * this.#segmentLength;
  }

  /** Returns a run, or `undefined`; `latest` is the latest segment of all runs. */
  #find(key: K, segment: number, number: number, latest: number): Run<V> | undefined {
    return this.#runs.get(key, segment, number, latest)?.value;
  }

  #run(key: K, segment: number, number: number, latest: number): Run<V> {
    return this.#find(key, segment, number, latest) ?? emptyRun();
  }
}

const clocksRow = (access: StoreAccess): SingleRow<BufferClocks> =>
  new SingleRow(
    {
      key: clocksKey,
      initial: { newest: Number.NEGATIVE_INFINITY, farthest: Number.NEGATIVE_INFINITY },
      encode: ({ newest, farthest }) => encodeNumbers([newest, farthest]),
      decode: (bytes) => {
        const [newest, farthest] = decodeNumbers(bytes) as [number, number];
        return { newest, farthest };
      },
      timestamp: ({ farthest }) => Math.max(0, farthest),
    },
    access,
  );

const encodeRunKey = (segment: number, number: number, key: Bytes): Bytes => {
  const bytes = new Uint8Array(1 + timestampLength + 4 + key.length);
  bytes[0] = runTag[0] as number;
  writeTimestamp(bytes, 1, segment);
  new DataView(bytes.buffer).setUint32(1 + timestampLength, number);
  bytes.set(key, 1 + timestampLength + 4);
  return bytes;
};

/** True when records are in the order of time, as most are. */
const inTime = (records: readonly Row<unknown>[]): boolean =>
  records.every(({ timestamp }, i) => i === 0 || (records[i - 1] as Row<unknown>).timestamp <= timestamp);
