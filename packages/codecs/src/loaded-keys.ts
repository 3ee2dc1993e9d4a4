import { type Bytes, ConfigError, Pending } from '@kstreams/core/graph';

/** The length of a key of AES-256, in bytes. */
const keyLength = 32;

/** Loads keys by id, each once. A failed load is repeated by the next record that needs the key. */
export class LoadedKeys {
  readonly #load: (id: string) => Bytes | Promise<Bytes>;
  readonly #loaded = new Map<string, Bytes>();
  readonly #loading = new Map<string, Promise<Bytes>>();

  constructor(load: (id: string) => Bytes | Promise<Bytes>) {
    this.#load = load;
  }

  /** Returns a key. Throws {@link Pending} while it is loaded, and the error of a load that fails at once. */
  get(id: string): Bytes {
    const key = this.#loaded.get(id) ?? this.#begin(id);
    if (key instanceof Uint8Array) return key;
    throw new Pending(key);
  }

  /** Loads the keys that are missing. Returns undefined when none is; a key that cannot be loaded fails with its record. */
  load(ids: Iterable<string>): Promise<void> | undefined {
    const missing = [...new Set(ids)].filter((id) => !this.#loaded.has(id));
    if (missing.length === 0) return undefined;
    return Promise.allSettled(missing.map(async (id) => this.#begin(id))).then(() => undefined);
  }

  #begin(id: string): Bytes | Promise<Bytes> {
    const running = this.#loading.get(id);
    if (running !== undefined) return running;
    const given = this.#load(id);
    if (given instanceof Uint8Array) return this.#keep(id, given);
    const loading = Promise.resolve(given)
      .then((key) => this.#keep(id, key))
      .finally(() => this.#loading.delete(id));
    this.#loading.set(id, loading);
    return loading;
  }

  #keep(id: string, key: Bytes): Bytes {
    if (!(key instanceof Uint8Array) || key.length !== keyLength) {
      throw new ConfigError(`key "${id}" is not ${keyLength} bytes long, as AES-256 needs`);
    }
    this.#loaded.set(id, key);
    return key;
  }
}
