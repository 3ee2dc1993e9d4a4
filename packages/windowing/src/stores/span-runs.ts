import {
  type Bytes,
  concatBytes,
  encodeTimestamp,
  type FlushRow,
  readTimestamp,
  type Serde,
  type StoreAccess,
  timestampLength,
  writeTimestamp,
} from '@kstreams/core/graph';
import { internalRows, TimedRows } from '@kstreams/core/state';
import type { WindowOrder } from './window-row-key.js';

/** A span of time, such as that of a window, in ms since 1970. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The options of span runs. */
export interface SpanRunsOptions<K> {
  /** The store's name, for errors. */
  readonly store: string;
  readonly key: Serde<K>;
  readonly by: WindowOrder;
  /** The time that spans are kept, in ms: a search over all of it reads at most three runs. */
  readonly retention: number;
}

/** The first byte of the keys of runs; it sorts after that of windows. */
const runTag = Uint8Array.of(2);
const spanLength = 2 * timestampLength;

/**
 * An index of the windows of a key by time, read with a few point reads. Time is cut into segments of half the
 * retention; the bounds of a key's windows in a segment are one row, in order.
 */
export class SpanRuns<K> {
  readonly #rows: TimedRows<K, Span[]>;
  readonly #access: StoreAccess;
  readonly #by: WindowOrder;
  readonly #segmentLength: number;

  constructor({ store, key, by, retention }: SpanRunsOptions<K>, access: StoreAccess) {
    this.#access = access;
    this.#by = by;
    this.#segmentLength = Math.max(1, Math.ceil(retention / 2));
    this.#rows = new TimedRows(
      {
        store,
        key,
        encodeKey: (segment, _, bytes) => concatBytes(runTag, encodeTimestamp(segment), bytes),
        values: internalRows({ encode: encodeRun, decode: decodeRun, maxSize: (run) => run.length * spanLength }),
      },
      access,
    );
  }

  /**
   * Returns the windows of a key with a position between two timestamps, both included, in order of position. `farthest` is
   * the latest position of all windows.
   */
  find(key: K, from: number, to: number, farthest: number): Span[] {
    const found: Span[] = [];
    const last = this.#segmentOf(farthest);
    for (let segment = this.#segmentOf(from); segment <= to; segment += this.#segmentLength) {
      for (const span of this.#rows.read(key, segment, 0, last)?.value ?? []) {
        const position = span[this.#by];
        if (position > to) break;
        if (position >= from) found.push(span);
      }
    }
    return found;
  }

  /**
   * Adds a window of a key, unless it exists. The timestamp is that of the row, for its changelog; `farthest` is the latest
   * position before.
   */
  add(key: K, span: Span, timestamp: number, farthest: number): void {
    const [segment, last] = [this.#segmentOf(span[this.#by]), this.#segmentOf(farthest)];
    const run = this.#rows.read(key, segment, 0, last)?.value ?? [];
    let at = run.length;
    while (at > 0 && this.#order(run[at - 1] as Span, span) > 0) at--;
    const before = run[at - 1];
    if (before !== undefined && this.#order(before, span) === 0) return;
    run.splice(at, 0, span);
    this.#access.journal.undo?.(() => run.splice(at, 1));
    this.#rows.put(key, segment, 0, run, timestamp, last);
  }

  /** Removes a window of a key. */
  remove(key: K, span: Span, timestamp: number, farthest: number): void {
    const [segment, last] = [this.#segmentOf(span[this.#by]), this.#segmentOf(farthest)];
    const run = this.#rows.read(key, segment, 0, last)?.value;
    const at = run === undefined ? -1 : run.findLastIndex((one) => this.#order(one, span) === 0);
    if (run === undefined || at < 0) return;
    const [removed] = run.splice(at, 1) as [Span];
    this.#access.journal.undo?.(() => run.splice(at, 0, removed));
    this.#rows.put(key, segment, 0, run.length === 0 ? undefined : run, timestamp, last);
  }

  /** Drops the runs of segments that end before a timestamp. */
  drop(expired: number): void {
    this.#rows.drop(this.#segmentOf(expired));
  }

  /** Writes the changed runs, without those of segments that end before a timestamp. */
  flush(write: FlushRow, expired: number): void {
    this.#rows.flush(write, this.#segmentOf(expired));
  }

  markCommitted(expired: number): void {
    this.#rows.markCommitted(this.#segmentOf(expired));
  }

  /** Returns the range of rows of segments that end before a timestamp. */
  before(instant: number): readonly [from: Bytes, to: Bytes] {
    return [runTag, concatBytes(runTag, encodeTimestamp(this.#segmentOf(instant)))];
  }

  #segmentOf(instant: number): number {
    return Math.floor(instant / this.#segmentLength) * this.#segmentLength;
  }

  #order(a: Span, b: Span): number {
    return this.#by === 'start' ? a.start - b.start || a.end - b.end : a.end - b.end || a.start - b.start;
  }
}

const encodeRun = (run: readonly Span[]): Bytes => {
  const bytes = new Uint8Array(run.length * spanLength);
  run.forEach(({ start, end }, i) => {
    writeTimestamp(bytes, i * spanLength, start);
    writeTimestamp(bytes, i * spanLength + timestampLength, end);
  });
  return bytes;
};

const decodeRun = (bytes: Bytes): Span[] => {
  const run: Span[] = [];
  for (let at = 0; at < bytes.length; at += spanLength) {
    run.push({ start: readTimestamp(bytes, at), end: readTimestamp(bytes, at + timestampLength) });
  }
  return run;
};
