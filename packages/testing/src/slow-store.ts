import {
  type Backend,
  type ByteStore,
  type Bytes,
  bytesToId,
  Pending,
  type ScanOptions,
  type Write,
} from '@kstreams/core/graph';

/** Options of a slow backend. */
export interface SlowStoreOptions {
  /**
   * The number of cached keys, the last fetched or written; 100 by default. A record that needs more keys at once
   * waits forever.
   */
  readonly atHand?: number;
  /** Simulates the latency of a fetch; one turn of the event loop by default. */
  readonly delay?: () => Promise<void>;
}

/** A slow backend with its counters. */
export interface SlowBackend extends Backend {
  /** The number of reads that missed the cache. */
  readonly misses: number;
  /** The number of round trips, each for any number of keys. */
  readonly fetches: number;
}

/**
 * A backend with the latency of a remote one: `get` throws `Pending` for keys outside a small cache. Tests with it
 * show that results do not depend on the speed of state.
 *
 * @example
 * const app = await start(shop, { state: slowStore(memory()) })
 */
export const slowStore = (over: Backend, options: SlowStoreOptions = {}): SlowBackend => {
  const counts = { misses: 0, fetches: 0 };
  return {
    name: `slow ${over.name}`,
    open: async (folder) => new SlowStore(await over.open(folder), options, counts),
    get misses() {
      return counts.misses;
    },
    get fetches() {
      return counts.fetches;
    },
  };
};

interface Counts {
  misses: number;
  fetches: number;
}

/** The keys of one round trip, by their ids. */
interface Batch {
  readonly ahead: Map<string, Bytes>;
  readonly needed: Map<string, Bytes>;
  readonly fetched: Promise<void>;
}

class SlowStore implements ByteStore {
  readonly owner: string;
  readonly #store: ByteStore;
  readonly #limit: number;
  readonly #delay: () => Promise<void>;
  readonly #counts: Counts;
  /** The batch that still accepts keys. */
  #batch: Batch | undefined;
  /** The cached keys, least recently used first. */
  readonly #atHand = new Map<string, Bytes | undefined>();

  constructor(store: ByteStore, { atHand = 100, delay = nextTurn }: SlowStoreOptions, counts: Counts) {
    this.owner = store.owner;
    this.#store = store;
    this.#limit = atHand;
    this.#delay = delay;
    this.#counts = counts;
  }

  get(key: Bytes): Bytes | undefined {
    const id = bytesToId(key);
    if (this.#atHand.has(id)) return this.#atHand.get(id);
    this.#counts.misses++;
    const batch = this.#nextBatch();
    batch.needed.set(id, key);
    throw new Pending(batch.fetched);
  }

  prefetchKeys(keys: readonly Bytes[]): Promise<void> | undefined {
    const missing = keys.filter((key) => !this.#atHand.has(bytesToId(key)));
    if (missing.length === 0) return undefined;
    const batch = this.#nextBatch();
    for (const key of missing) batch.ahead.set(bytesToId(key), key);
    return batch.fetched;
  }

  scan(from: Bytes, to: Bytes, options?: ScanOptions): AsyncIterable<readonly [key: Bytes, value: Bytes]> {
    return this.#store.scan(from, to, options);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.#store.commit(writes);
    for (const [key, value] of writes) this.#keep(key, value);
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    await this.#store.clear(from, to);
    this.#atHand.clear();
  }

  async close(): Promise<void> {
    this.#atHand.clear();
    await this.#store.close();
  }

  /** Returns the batch of the next round trip. Requests of one turn share it. */
  #nextBatch(): Batch {
    if (this.#batch !== undefined) return this.#batch;
    const [ahead, needed] = [new Map<string, Bytes>(), new Map<string, Bytes>()];
    this.#batch = { ahead, needed, fetched: Promise.resolve().then(() => this.#fetch({ ahead, needed })) };
    return this.#batch;
  }

  /** Fetches a batch, the keys that are needed now last, since a small cache evicts the first. */
  async #fetch({ ahead, needed }: Omit<Batch, 'fetched'>): Promise<void> {
    this.#batch = undefined;
    this.#counts.fetches++;
    await this.#delay();
    for (const key of ahead.values()) this.#keep(key, this.#store.get(key));
    for (const key of needed.values()) this.#keep(key, this.#store.get(key));
  }

  #keep(key: Bytes, value: Bytes | undefined): void {
    const id = bytesToId(key);
    this.#atHand.delete(id);
    this.#atHand.set(id, value);
    if (this.#atHand.size <= this.#limit) return;
    for (const oldest of this.#atHand.keys()) {
      this.#atHand.delete(oldest);
      break;
    }
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
