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
   * Returns the windows of a key with a position between two timestamps, both included, in order of position, up to the first one
   * that starts after `lastStart`. `farthest` is the latest position of all windows.
   */
  find(key: K, from: number, to: number, lastStart: number, farthest: number): Span[] {
    const found: Span[] = [];
    const last = this.#segmentOf(farthest);
    for (let segment = this.#segmentOf(from); segment <= to; segment += this.#segmentLength) {
      const run = this.#rows.read(key, segment, 0, last)?.value ?? [];
      for (let at = firstIn(run, (span) => span[this.#by] >= from); at < run.length; at++) {
        const span = run[at] as Span;
        if (span[this.#by] > to || span.start > lastStart) return found;
        found.push(span);
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
    const at = this.#placeOf(run, span);
    if (this.#isAt(run, at, span)) return;
    run.splice(at, 0, span);
    this.#access.journal.undo?.(() => run.splice(at, 1));
    this.#rows.put(key, segment, 0, run, timestamp, last);
  }

  /** Removes a window of a key. */
  remove(key: K, span: Span, timestamp: number, farthest: number): void {
    const [segment, last] = [this.#segmentOf(span[this.#by]), this.#segmentOf(farthest)];
    const run = this.#rows.read(key, segment, 0, last)?.value ?? [];
    const at = this.#placeOf(run, span);
    if (!this.#isAt(run, at, span)) return;
    const [removed] = run.splice(at, 1) as [Span];
    this.#access.journal.undo?.(() => run.splice(at, 0, removed));
    this.#rows.put(key, segment, 0, run.length === 0 ? undefined : run, timestamp, last);
  }

  /** Drops the runs of segments that end before a timestamp. */
  drop(expired: number): void {
    this.#rows.drop(this.#segmentOf(expired));
  }

  /** Writes the changed runs, without those of segments that end before a timestamp. */
  get changed(): number {
    return this.#rows.changed;
  }

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

  /** Returns the place of a window in a run: that of the first window that is not before it. */
  #placeOf(run: readonly Span[], span: Span): number {
    const newest = run.at(-1);
    // Most windows are new, and after all others.
    if (newest === undefined || this.#order(newest, span) < 0) return run.length;
    return firstIn(run, (one) => this.#order(one, span) >= 0);
  }

  #isAt(run: readonly Span[], at: number, span: Span): boolean {
    const found = run[at];
    return found !== undefined && this.#order(found, span) === 0;
  }

  #order(a: Span, b: Span): number {
    return this.#by === 'start' ? a.start - b.start || a.end - b.end : a.end - b.end || a.start - b.start;
  }
}

/** Returns the index of the first window that passes, where all windows behind one that passes do. */
const firstIn = (run: readonly Span[], passes: (span: Span) => boolean): number => {
  let [from, to] = [0, run.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (passes(run[middle] as Span)) to = middle;
    else from = middle + 1;
  }
  return from;
};

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
