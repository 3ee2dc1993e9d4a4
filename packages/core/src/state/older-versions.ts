import type { Serde } from '../graph/serde.js';
import type { FlushRow, StoreAccess } from '../graph/store.js';
import { keyTexts } from './key-ids.js';
import { Rows } from './rows.js';
import { internalRows, type StoredRow, type StoredRows } from './stored-rows.js';
import { decodeVersions, encodeRunKey, encodeVersions, maxVersionsSize, type Version } from './versions.js';

/** Options of older versions. */
export interface OlderVersionsOptions<K, V> {
  readonly key: Serde<K>;
  readonly rows: StoredRows<V>;
  /** The time that a version is kept after its end, in ms. */
  readonly history: number;
}

/** A version and its position: a segment, and an index within it. */
export interface FoundVersion<V> {
  readonly segment: number;
  readonly index: number;
  readonly version: Version<V>;
}

interface RunKey<K> {
  readonly segment: number;
  readonly key: K;
}

/** The number of segments in the history. */
const segmentCount = 8;

/**
 * The versions of keys that were replaced. A row holds the versions of one key that end in one segment of time, ordered by
 * end. The caller keeps the segments of each key, ascending.
 */
export class OlderVersions<K, V> {
  readonly #runs: Rows<RunKey<K>, Version<V>[]>;
  readonly #access: StoreAccess;
  readonly #length: number;

  constructor(store: string, { key, rows, history }: OlderVersionsOptions<K, V>, access: StoreAccess) {
    const keyText = keyTexts(key, access.topic);
    this.#access = access;
    this.#length = Math.max(1, Math.ceil(history / segmentCount));
    this.#runs = new Rows<RunKey<K>, Version<V>[]>(
      {
        store,
        id: (run) => `${run.segment} ${keyText(run.key)}`,
        encodeKey: (run, at) => encodeRunKey(run.segment, key.encode(run.key, at)),
        values: internalRows({
          encode: (versions) => encodeVersions(versions, rows),
          decode: (bytes) => decodeVersions(bytes, rows),
          maxSize: (versions) => maxVersionsSize(versions, rows),
        }),
      },
      access,
    );
  }

  /** Returns the start of the segment of an instant. */
  segmentOf(timestamp: number): number {
    return Math.floor(timestamp / this.#length) * this.#length;
  }

  /** Returns the end of a segment. */
  endOf(segment: number): number {
    return segment + this.#length;
  }

  /** Returns the first version of a key that ends after an instant. */
  find(key: K, segments: readonly number[], timestamp: number): FoundVersion<V> | undefined {
    for (const segment of segments) {
      if (this.endOf(segment) <= timestamp) continue;
      const versions = this.#versions(segment, key);
      const index = versions.findIndex(({ to }) => to > timestamp);
      if (index >= 0) return { segment, index, version: versions[index] as Version<V> };
    }
    return undefined;
  }

  /** Returns the last version of a key, if it ends at an instant. */
  endingAt(key: K, to: number, segments: readonly number[]): Version<V> | undefined {
    const segment = this.segmentOf(to);
    const last = segments.includes(segment) ? this.#versions(segment, key).at(-1) : undefined;
    return last?.to === to ? last : undefined;
  }

  /** Removes the last version of a key, which ends at `to`. */
  removeLast(key: K, to: number): void {
    const run = { segment: this.segmentOf(to), key };
    this.#runs.put(run, this.#versions(run.segment, key).slice(0, -1), to);
  }

  /** Splits a version at an instant, from which it has another row. Returns the new segments of the key. */
  split(
    key: K,
    { segment, index, version }: FoundVersion<V>,
    from: number,
    row: StoredRow<V> | undefined,
    segments: readonly number[],
  ): readonly number[] {
    const versions = this.#versions(segment, key).with(index, { from, to: version.to, row });
    this.#runs.put({ segment, key }, versions, version.to);
    return version.from === from ? segments : this.insert(key, { ...version, to: from }, segments);
  }

  /** Inserts a version in order. Returns the new segments of the key. */
  insert(key: K, version: Version<V>, segments: readonly number[]): readonly number[] {
    const segment = this.segmentOf(version.to);
    const versions = segments.includes(segment) ? this.#versions(segment, key) : [];
    const index = versions.findIndex(({ to }) => to > version.to);
    if (index < 0) {
      versions.push(version);
      this.#access.journal.undo?.(() => versions.pop());
      this.#runs.put({ segment, key }, versions, version.to);
    } else this.#runs.put({ segment, key }, versions.toSpliced(index, 0, version), version.to);
    return segments.includes(segment) ? segments : [...segments, segment].sort((a, b) => a - b);
  }

  /** Removes the versions of a key in a segment. */
  clear(key: K, segment: number): void {
    if (this.#runs.get({ segment, key }) !== undefined) this.#runs.put({ segment, key }, undefined, segment);
  }

  get changed(): number {
    return this.#runs.changed;
  }

  flush(write: FlushRow): void {
    this.#runs.flush(write);
  }

  markCommitted(): void {
    this.#runs.markCommitted();
  }

  #versions(segment: number, key: K): Version<V>[] {
    return this.#runs.get({ segment, key })?.value ?? [];
  }
}
