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
import { keyTexts, Rows } from '@kstreams/core/state';
import type { WindowOrder } from './window-row-key.js';

/** A stretch of time, such as that of a window, in ms since 1970. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What spans are kept by. */
export interface SpanRunsOptions<K> {
  /** The store's name, for errors. */
  readonly store: string;
  readonly key: Serde<K>;
  readonly by: WindowOrder;
  /** How long spans are found, in ms: a search over that long meets three runs at most. */
  readonly retention: number;
}

interface RunKey<K> {
  /** The beginning of the stretch of time. */
  readonly stretch: number;
  readonly key: K;
}

/** Runs begin with this byte, behind those of windows. */
const runTag = Uint8Array.of(2);
const spanLength = 2 * timestampLength;

/**
 * Which windows a key has, to be found by time with a few point reads: time is cut into stretches of half the retention,
 * and the bounds of a key's windows in a stretch are one row, in order.
 */
export class SpanRuns<K> {
  readonly #rows: Rows<RunKey<K>, Span[]>;
  readonly #access: StoreAccess;
  readonly #by: WindowOrder;
  readonly #stretchLength: number;

  constructor({ store, key, by, retention }: SpanRunsOptions<K>, access: StoreAccess) {
    const keyText = keyTexts(key, access.topic);
    this.#access = access;
    this.#by = by;
    this.#stretchLength = Math.max(1, Math.ceil(retention / 2));
    this.#rows = new Rows(
      {
        store,
        id: (run) => `${run.stretch} ${keyText(run.key)}`,
        encodeKey: (run, at) => concatBytes(runTag, encodeTimestamp(run.stretch), key.encode(run.key, at)),
        encode: encodeRun,
        decode: decodeRun,
        immutable: false,
      },
      access,
    );
  }

  /** The windows of a key whose place is between two instants, both included, in the order of their places. */
  find(key: K, from: number, to: number): Span[] {
    const found: Span[] = [];
    for (let stretch = this.#stretchOf(from); stretch <= to; stretch += this.#stretchLength) {
      for (const span of this.#rows.get({ stretch, key })?.value ?? []) {
        const place = span[this.#by];
        if (place > to) break;
        if (place >= from) found.push(span);
      }
    }
    return found;
  }

  /** Adds a window of a key, unless it is there. The timestamp is that of the row, for its changelog. */
  add(key: K, span: Span, timestamp: number): void {
    const place = { stretch: this.#stretchOf(span[this.#by]), key };
    const run = this.#rows.get(place)?.value ?? [];
    let at = run.length;
    while (at > 0 && this.#order(run[at - 1] as Span, span) > 0) at--;
    const before = run[at - 1];
    if (before !== undefined && this.#order(before, span) === 0) return;
    run.splice(at, 0, span);
    this.#access.journal.undo?.(() => run.splice(at, 1));
    this.#rows.put(place, run, timestamp);
  }

  /** Takes a window of a key out. */
  remove(key: K, span: Span, timestamp: number): void {
    const place = { stretch: this.#stretchOf(span[this.#by]), key };
    const run = this.#rows.get(place)?.value;
    const at = run === undefined ? -1 : run.findLastIndex((one) => this.#order(one, span) === 0);
    if (run === undefined || at < 0) return;
    const [removed] = run.splice(at, 1) as [Span];
    this.#access.journal.undo?.(() => run.splice(at, 0, removed));
    this.#rows.put(place, run.length === 0 ? undefined : run, timestamp);
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
  }

  settled(): void {
    this.#rows.settled();
  }

  /** The rows of stretches that end before an instant. */
  before(instant: number): readonly [from: Bytes, to: Bytes] {
    return [runTag, concatBytes(runTag, encodeTimestamp(this.#stretchOf(instant)))];
  }

  #stretchOf(instant: number): number {
    return Math.floor(instant / this.#stretchLength) * this.#stretchLength;
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
