import {
  type Backend,
  type ByteStore,
  type Bytes,
  checkOptions,
  checkValue,
  type OptionChecks,
  option,
  type RemoteStorage,
  type ScanOptions,
  type Write,
} from '@kstreams/core/graph';
import { cached } from '@kstreams/stores';

/** Settings of a slow backend. */
export interface SlowStoreOptions {
  /** Memory of its cache, in bytes; 10,000 by default. It must hold the rows that one record reads. */
  readonly memory?: number;
  /** Latency of a call; a turn of the event loop by default. */
  readonly delay?: () => Promise<void>;
}

const checks: OptionChecks<SlowStoreOptions> = { memory: option.count, delay: option.fn };

/** A slow backend with its counts. */
export interface SlowBackend extends Backend {
  /** Number of round trips that loaded keys. */
  readonly loads: number;
  /** Number of keys that they loaded. */
  readonly loadedKeys: number;
}

/**
 * Returns a backend as slow as one across a network, with a small cache: the rows of `over` behind {@link cached}. Use it
 * to check that results of a topology do not depend on the speed of its state.
 *
 * @example
 * const app = await start(shop, { state: slowStore(memory()) })
 */
export const slowStore = (over: Backend, options: SlowStoreOptions = {}): SlowBackend => {
  checkValue('"over" of slowStore', over, option.backend);
  checkOptions('slowStore', options, checks);
  const { memory = 10_000, delay = nextTurn } = options;
  const counts = { loads: 0, loadedKeys: 0 };
  return {
    name: `slow ${over.name}`,
    open: async (folder) => cached(new SlowStorage(await over.open(folder), delay, counts), { memory }),
    get loads() {
      return counts.loads;
    },
    get loadedKeys() {
      return counts.loadedKeys;
    },
  };
};

/** A byte store as remote storage, with a latency. */
class SlowStorage implements RemoteStorage {
  readonly owner: string;
  readonly #store: ByteStore;
  readonly #delay: () => Promise<void>;
  readonly #counts: { loads: number; loadedKeys: number };

  constructor(store: ByteStore, delay: () => Promise<void>, counts: { loads: number; loadedKeys: number }) {
    this.owner = store.owner;
    this.#store = store;
    this.#delay = delay;
    this.#counts = counts;
  }

  async getMany(keys: readonly Bytes[]): Promise<readonly (Bytes | undefined)[]> {
    this.#counts.loads++;
    this.#counts.loadedKeys += keys.length;
    await this.#delay();
    return keys.map((key) => this.#store.get(key));
  }

  scan(from: Bytes, to: Bytes, options?: ScanOptions): AsyncIterable<readonly [key: Bytes, value: Bytes]> {
    return this.#store.scan(from, to, options);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.#delay();
    await this.#store.commit(writes);
  }

  clear(from: Bytes, to: Bytes): Promise<void> {
    return this.#store.clear(from, to);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
