import type { Serde } from '../graph/serde.js';
import type { FlushRow, StoreAccess } from '../graph/store.js';
import { keyTexts } from './key-ids.js';
import { Rows } from './rows.js';
import { decodeVersions, encodeRunKey, encodeVersions, type Version } from './versions.js';

/** How older versions are kept. */
export interface OlderVersionsOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** How long they are kept, in ms. */
  readonly history: number;
}

/** Where a version lies. */
export interface FoundVersion<V> {
  readonly stretch: number;
  readonly index: number;
  readonly version: Version<V>;
}

interface RunKey<K> {
  readonly stretch: number;
  readonly key: K;
}

/** Into how many stretches the history is cut. */
const stretchCount = 8;

/**
 * The versions of keys that have ended: those of a key that end within one stretch of time lie together, by their ends.
 * In which stretches a key has any is for the caller to remember, ascending.
 */
export class OlderVersions<K, V> {
  readonly #runs: Rows<RunKey<K>, Version<V>[]>;
  readonly #access: StoreAccess;
  readonly #length: number;

  constructor(store: string, { key, value, history }: OlderVersionsOptions<K, V>, access: StoreAccess) {
    const keyText = keyTexts(key, access.topic);
    this.#access = access;
    this.#length = Math.max(1, Math.ceil(history / stretchCount));
    this.#runs = new Rows<RunKey<K>, Version<V>[]>(
      {
        store,
        id: (run) => `${run.stretch} ${keyText(run.key)}`,
        encodeKey: (run, at) => encodeRunKey(run.stretch, key.encode(run.key, at)),
        encode: (versions, at) => encodeVersions(versions, value, at),
        decode: (bytes, at) => decodeVersions(bytes, value, at),
        immutable: false,
      },
      access,
    );
  }

  /** The stretch that an instant is in, by its beginning. */
  stretchOf(timestamp: number): number {
    return Math.floor(timestamp / this.#length) * this.#length;
  }

  /** Where a stretch ends. */
  endOf(stretch: number): number {
    return stretch + this.#length;
  }

  /** The first version of a key that ends after an instant. */
  find(key: K, stretches: readonly number[], timestamp: number): FoundVersion<V> | undefined {
    for (const stretch of stretches) {
      if (this.endOf(stretch) <= timestamp) continue;
      const versions = this.#versions(stretch, key);
      const index = versions.findIndex(({ to }) => to > timestamp);
      if (index >= 0) return { stretch, index, version: versions[index] as Version<V> };
    }
    return undefined;
  }

  /** The last version of a key, if it ends at this instant. */
  endingAt(key: K, to: number, stretches: readonly number[]): Version<V> | undefined {
    const stretch = this.stretchOf(to);
    const last = stretches.includes(stretch) ? this.#versions(stretch, key).at(-1) : undefined;
    return last?.to === to ? last : undefined;
  }

  /** Removes the last version of a key, which ends at this instant. */
  removeLast(key: K, to: number): void {
    const run = { stretch: this.stretchOf(to), key };
    this.#runs.put(run, this.#versions(run.stretch, key).slice(0, -1), to);
  }

  /** Lets another value begin within a version; answers the stretches that the key has then. */
  divide(
    key: K,
    { stretch, index, version }: FoundVersion<V>,
    from: number,
    value: V | undefined,
    stretches: readonly number[],
  ): readonly number[] {
    const versions = this.#versions(stretch, key).with(index, { from, to: version.to, value });
    this.#runs.put({ stretch, key }, versions, version.to);
    return version.from === from ? stretches : this.insert(key, { ...version, to: from }, stretches);
  }

  /** Puts a version where it belongs; answers the stretches that the key has then. */
  insert(key: K, version: Version<V>, stretches: readonly number[]): readonly number[] {
    const stretch = this.stretchOf(version.to);
    const versions = stretches.includes(stretch) ? this.#versions(stretch, key) : [];
    const index = versions.findIndex(({ to }) => to > version.to);
    if (index < 0) {
      versions.push(version);
      this.#access.journal.undo?.(() => versions.pop());
      this.#runs.put({ stretch, key }, versions, version.to);
    } else this.#runs.put({ stretch, key }, versions.toSpliced(index, 0, version), version.to);
    return stretches.includes(stretch) ? stretches : [...stretches, stretch].sort((a, b) => a - b);
  }

  /** Removes what a key has in a stretch. */
  clear(key: K, stretch: number): void {
    if (this.#runs.get({ stretch, key }) !== undefined) this.#runs.put({ stretch, key }, undefined, stretch);
  }

  flush(write: FlushRow): void {
    this.#runs.flush(write);
  }

  settled(): void {
    this.#runs.settled();
  }

  #versions(stretch: number, key: K): Version<V>[] {
    return this.#runs.get({ stretch, key })?.value ?? [];
  }
}
