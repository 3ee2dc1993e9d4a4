import {
  type ByteStore,
  type Bytes,
  FencedError,
  readsWait,
  type ScanOptions,
  StorageError,
  type Write,
} from '@kstreams/core/graph';

/**
 * The state of a process. Once another process has taken it over, its writes throw a `StorageError`, which ends the
 * application: unlike a fenced producer or group member, a worker cannot join again. Where the other process has taken over one
 * partition of a store, the error is thrown as it is, and the worker joins the group again.
 */
export class OwnedState implements ByteStore {
  readonly prefetchKeys: ByteStore['prefetchKeys'];
  readonly recover: ByteStore['recover'];
  readonly acquire: ByteStore['acquire'];
  readonly mend: ByteStore['mend'];
  readonly #bytes: ByteStore;

  constructor(bytes: ByteStore) {
    this.#bytes = bytes;
    this.prefetchKeys = bytes.prefetchKeys?.bind(bytes);
    this.recover = bytes.recover?.bind(bytes);
    this.acquire = bytes.acquire?.bind(bytes);
    this.mend = bytes.mend?.bind(bytes);
  }

  get owner(): string {
    return this.#bytes.owner;
  }

  get waits(): boolean {
    return readsWait(this.#bytes);
  }

  get damage(): StorageError | undefined {
    return this.#bytes.damage;
  }

  get(key: Bytes): Bytes | undefined {
    return this.#bytes.get(key);
  }

  scan(from: Bytes, to: Bytes, options?: ScanOptions): AsyncIterable<readonly [key: Bytes, value: Bytes]> {
    return this.#bytes.scan(from, to, options);
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#bytes.commit(writes).catch(takenOver);
  }

  clear(from: Bytes, to: Bytes): Promise<void> {
    return this.#bytes.clear(from, to).catch(takenOver);
  }

  close(): Promise<void> {
    return this.#bytes.close();
  }
}

const takenOver = (thrown: unknown): never => {
  throw thrown instanceof FencedError && thrown.location.partition === undefined
    ? new StorageError(thrown.reason, thrown)
    : thrown;
};
