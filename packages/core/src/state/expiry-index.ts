import { type Bytes, concatBytes } from '../graph/bytes.js';
import type { FlushRow, StoreAccess } from '../graph/store.js';
import { encodeTimestamp } from '../graph/timestamp-bytes.js';
import { decodeList, decodeNumbers, encodeList, encodeNumbers, listLength } from './list-bytes.js';
import { Rows } from './rows.js';
import { SingleRow } from './single-row.js';
import { internalRows } from './stored-rows.js';

/** The stream time of a versioned store, and the number of keys per segment of time, ascending. */
interface Clocks {
  readonly observed: number;
  readonly counts: readonly (readonly [segment: number, count: number])[];
}

interface PageKey {
  readonly segment: number;
  readonly number: number;
}

/** The number of keys in a full page. */
const pageLength = 64;
const clocksKey = Uint8Array.of(0);
const pageTag = 3;

/**
 * An index of keys by the segment of time in which their rows end, to clear rows of expired segments. Each row holds a page
 * of keys, so that only recently used pages are in memory.
 */
export class ExpiryIndex {
  readonly #clocks: SingleRow<Clocks>;
  readonly #pages: Rows<PageKey, readonly Bytes[]>;

  constructor(store: string, access: StoreAccess) {
    this.#clocks = clocksRow(access);
    this.#pages = new Rows<PageKey, readonly Bytes[]>(
      {
        store,
        id: ({ segment, number }) => `${segment} ${number}`,
        encodeKey: ({ segment, number }) =>
          concatBytes(Uint8Array.of(pageTag), encodeTimestamp(segment), encodeTimestamp(number)),
        values: internalRows<readonly Bytes[]>({ encode: encodeList, decode: decodeList, maxSize: listLength }),
      },
      access,
    );
  }

  /** The largest timestamp observed, or -Infinity. */
  get observed(): number {
    return this.#clocks.get().observed;
  }

  /** Advances the stream time. */
  observe(timestamp: number): void {
    const { observed, counts } = this.#clocks.get();
    if (timestamp > observed) this.#clocks.set({ observed: timestamp, counts });
  }

  /** Adds a key to a segment. */
  add(segment: number, key: Bytes): void {
    const { observed, counts } = this.#clocks.get();
    const count = counts.find(([one]) => one === segment)?.[1] ?? 0;
    const page = { segment, number: Math.floor(count / pageLength) };
    const before = count % pageLength === 0 ? [] : (this.#pages.get(page)?.value ?? []);
    this.#pages.put(page, [...before, key], segment);
    const others = counts.filter(([one]) => one !== segment);
    const next = [...others, [segment, count + 1] as const].sort(([a], [b]) => a - b);
    this.#clocks.set({ observed, counts: next });
  }

  /** Removes and returns at most `limit` keys of segments for which `expired` is true, the oldest segment first. */
  take(limit: number, expired: (segment: number) => boolean): readonly (readonly [segment: number, key: Bytes])[] {
    const taken: (readonly [number, Bytes])[] = [];
    while (taken.length < limit) {
      const { observed, counts } = this.#clocks.get();
      const [first, ...later] = counts;
      if (first === undefined || !expired(first[0])) break;
      const [segment, count] = first;
      const page = { segment, number: Math.floor((count - 1) / pageLength) };
      const keys = this.#pages.get(page)?.value ?? [];
      taken.push([segment, keys.at(-1) as Bytes]);
      this.#pages.put(page, keys.length > 1 ? keys.slice(0, -1) : undefined, segment);
      this.#clocks.set({ observed, counts: count > 1 ? [[segment, count - 1], ...later] : later });
    }
    return taken;
  }

  get changed(): number {
    return this.#pages.changed;
  }

  flush(write: FlushRow): void {
    this.#pages.flush(write);
    this.#clocks.flush(write);
  }

  markCommitted(): void {
    this.#pages.markCommitted();
  }
}

const clocksRow = (access: StoreAccess): SingleRow<Clocks> =>
  new SingleRow<Clocks>(
    {
      key: clocksKey,
      initial: { observed: Number.NEGATIVE_INFINITY, counts: [] },
      encode: ({ observed, counts }) => encodeNumbers([observed, ...counts.flat()]),
      decode: (bytes) => {
        const [observed, ...pairs] = decodeNumbers(bytes) as [number, ...number[]];
        const counts: (readonly [number, number])[] = [];
        for (let i = 0; i < pairs.length; i += 2) counts.push([pairs[i] as number, pairs[i + 1] as number]);
        return { observed, counts };
      },
      timestamp: ({ observed }) => Math.max(0, observed),
    },
    access,
  );
