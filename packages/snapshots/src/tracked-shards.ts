import {
  type ByteStore,
  type Bytes,
  bytesToId,
  type Clock,
  decodePosition,
  retryPending,
  type Write,
} from '@kstreams/core/graph';
import type { Overlay } from './loading/overlay.js';
import type { Manifest } from './manifest.js';
import type { Settings } from './settings.js';
import { Shard } from './shard.js';
import { idAfter, isPositionKey, namesOf, partIn, prefixLength, ShardPlace } from './shard-place.js';

/** The shards with a position. */
export class TrackedShards {
  /** By the id of their prefix. */
  readonly byId = new Map<string, Shard>();
  readonly #local: ByteStore;
  readonly #settings: Pick<Settings, 'root' | 'every'>;
  readonly #clock: Pick<Clock, 'monotonic'>;

  constructor(local: ByteStore, settings: Pick<Settings, 'root' | 'every'>, clock: Pick<Clock, 'monotonic'>) {
    this.#local = local;
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Returns a shard; undefined for one without a position. */
  at({ prefix }: ShardPlace): Shard | undefined {
    return this.byId.get(bytesToId(prefix));
  }

  /** Begins with the rows of a snapshot. */
  add(place: ShardPlace, manifest: Manifest): void {
    this.byId.set(bytesToId(place.prefix), new Shard(place, manifest.position, manifest));
  }

  /** Begins with the local rows over a snapshot. Which of them it lacks is known only when nothing has changed since. */
  async resume({ manifest, marker: { cleared }, place }: Overlay): Promise<void> {
    this.add(place, manifest);
    const stored = await retryPending(() => this.#local.get(place.positionKey));
    const isUnchanged = stored !== undefined && decodePosition(stored).offset === manifest.position.offset;
    if (isUnchanged && cleared.length === 0) return;
    this.at(place)?.forget(this.#clock.monotonic() - this.#settings.every);
  }

  /** Begins to track shards that get a position. Returns those whose position is deleted. */
  async track(writes: readonly Write[]): Promise<readonly string[]> {
    const forgotten: string[] = [];
    for (const [key, value] of writes) {
      if (!isPositionKey(key)) continue;
      const names = namesOf(bytesToId(key));
      if (names === undefined) continue;
      const id = `${names.store}/${names.partition}/`;
      if (value === undefined) forgotten.push(id);
      if (value === undefined || this.byId.has(id)) continue;
      const stored = await retryPending(() => this.#local.get(key));
      const place = new ShardPlace(this.#settings.root, names.store, names.partition);
      this.byId.set(id, new Shard(place, stored && decodePosition(stored)));
    }
    return forgotten;
  }

  /** Keeps the changed rows of shards with a position. */
  record(writes: readonly Write[]): void {
    const now = this.#clock.monotonic();
    let prefix: Bytes | undefined;
    let shard: Shard | undefined;
    for (const [key, value] of writes) {
      if (isPositionKey(key)) continue;
      if (prefix === undefined || !startsWith(key, prefix)) {
        prefix = key.slice(0, prefixLength(key));
        shard = this.byId.get(bytesToId(prefix));
      }
      shard?.put(idAfter(key, prefix.length), value, now);
    }
  }

  /** Clears a range of keys. */
  clear(from: Bytes, to: Bytes): void {
    for (const shard of this.byId.values()) {
      const part = partIn(shard.place, from, to);
      if (part === 'whole') shard.forget(this.#clock.monotonic());
      else if (part !== 'none') shard.clear(part.from, part.to);
    }
  }

  /** Forgets the changes of all shards. */
  forget(): void {
    for (const shard of this.byId.values()) shard.forget(this.#clock.monotonic());
  }
}

const startsWith = (key: Bytes, prefix: Bytes): boolean => {
  if (key.length < prefix.length || prefix.length === 0) return false;
  for (let i = prefix.length - 1; i >= 0; i--) if (key[i] !== prefix[i]) return false;
  return true;
};
