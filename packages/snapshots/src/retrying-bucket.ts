import {
  type Bucket,
  type BucketObject,
  type BucketRead,
  type Bytes,
  backoff,
  type Clock,
  ConfigError,
  equalBytes,
  messageOf,
  StorageError,
  type VersionedObject,
} from '@kstreams/core/graph';

/** The number of times that a call is made, with pauses of 12.7 s together. */
const attempts = 8;

/** The longest time that one attempt takes, in ms. */
export const longestAttempt = 60_000;

/**
 * A bucket whose calls are repeated when they fail or have no response in time, until a signal aborts. A refusal that only
 * another configuration ends is not repeated. Errors name the bucket and the call.
 */
export class RetryingBucket {
  readonly #bucket: Bucket;
  readonly #clock: Clock;

  constructor(bucket: Bucket, clock: Clock) {
    this.#bucket = bucket;
    this.#clock = clock;
  }

  get name(): string {
    return this.#bucket.name;
  }

  get(key: string, signal: AbortSignal, range?: BucketRead['range']): Promise<Bytes | undefined> {
    return this.#repeat(`${key} cannot be read`, signal, (limited) =>
      this.#bucket.get(key, { signal: limited, ...(range !== undefined && { range }) }),
    );
  }

  /** Writes an object. */
  async put(key: string, bytes: Bytes, signal: AbortSignal): Promise<void> {
    await this.#repeat(`${key} cannot be written`, signal, (limited) =>
      this.#bucket.put(key, bytes, { signal: limited }),
    );
  }

  /** Writes a new object. Returns false when there is one, which may be that of an attempt whose response was lost. */
  putNew(key: string, bytes: Bytes, signal: AbortSignal): Promise<boolean> {
    return this.#repeat(`${key} cannot be written`, signal, (limited) =>
      this.#bucket.put(key, bytes, { signal: limited, ifAbsent: true }),
    );
  }

  getVersion(key: string, signal: AbortSignal): Promise<VersionedObject | undefined> {
    return this.#repeat(`${key} cannot be read`, signal, (limited) =>
      this.#bucket.getVersion(key, { signal: limited }),
    );
  }

  /**
   * Writes an object in place of a version, also if the response was lost: no two writes may have the same bytes. Returns the new
   * version; undefined when there is another one.
   */
  replace(key: string, bytes: Bytes, version: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    return this.#repeat(`${key} cannot be written`, signal, async (limited) => {
      const options = { signal: limited };
      const next = await this.#bucket.replace(key, bytes, version, options);
      if (next !== undefined) return next;
      const found = await this.#bucket.getVersion(key, options);
      return found !== undefined && equalBytes(found.bytes, bytes) ? found.version : undefined;
    });
  }

  /** Returns the objects with a prefix, in the order of their keys. */
  async list(prefix: string, signal: AbortSignal): Promise<readonly BucketObject[]> {
    return this.#repeat(`${prefix} cannot be listed`, signal, async (limited) => {
      const found: BucketObject[] = [];
      for await (const object of this.#bucket.list(prefix, { signal: limited })) found.push(object);
      return found.sort((a, b) => (a.key < b.key ? -1 : 1));
    });
  }

  async delete(keys: readonly string[], signal: AbortSignal): Promise<void> {
    if (keys.length === 0) return;
    const [first, more] = [keys[0], keys.length - 1];
    const which = more === 0 ? `${first}` : `${first} and ${more} more`;
    await this.#repeat(`${which} cannot be deleted`, signal, (limited) =>
      this.#bucket.delete(keys, { signal: limited }),
    );
  }

  async #repeat<T>(problem: string, signal: AbortSignal, call: (limited: AbortSignal) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      try {
        return await this.#limited(signal, call);
      } catch (thrown) {
        signal.throwIfAborted();
        if (attempt === attempts || thrown instanceof ConfigError) {
          throw new StorageError(`${this.#bucket.name}: ${problem}: ${messageOf(thrown)}`, thrown);
        }
        await this.#pause(backoff(attempt), signal);
      }
    }
  }

  async #limited<T>(signal: AbortSignal, call: (limited: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = this.#clock.after(longestAttempt, () =>
      late.abort(new Error(`no response within ${longestAttempt / 1_000} s`)),
    );
    try {
      return await call(AbortSignal.any([signal, late.signal]));
    } finally {
      cancel();
    }
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    let end: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const cancel = this.#clock.after(ms, end);
    signal.addEventListener('abort', end);
    await over;
    signal.removeEventListener('abort', end);
    cancel();
  }
}
