import { type Bucket, type BucketCall, type BucketObject, bytesToId } from '@kstreams/core/graph';

interface Stored {
  readonly bytes: Uint8Array;
  readonly modified: number;
}

/** A bucket in memory, with a clock that is set. */
export class MemoryBucket implements Bucket {
  readonly name = 'memory';
  readonly objects = new Map<string, Stored>();
  /** The bucket's clock, in ms. */
  now = Date.UTC(2026, 0, 1);

  readonly get: Bucket['get'] = async (key, { range, signal } = {}) => {
    signal?.throwIfAborted();
    const bytes = this.objects.get(key)?.bytes;
    return range === undefined ? bytes?.slice() : bytes?.slice(range.offset, range.offset + range.length);
  };

  readonly put: Bucket['put'] = async (key, bytes, { ifAbsent = false, signal } = {}) => {
    signal?.throwIfAborted();
    if (ifAbsent && this.objects.has(key)) return false;
    this.objects.set(key, { bytes: bytes.slice(), modified: this.now });
    return true;
  };

  readonly getVersion: Bucket['getVersion'] = async (key, { signal } = {}) => {
    signal?.throwIfAborted();
    const bytes = this.objects.get(key)?.bytes.slice();
    return bytes && { bytes, version: bytesToId(bytes) };
  };

  readonly replace: Bucket['replace'] = async (key, bytes, version, { signal } = {}) => {
    signal?.throwIfAborted();
    const found = this.objects.get(key)?.bytes;
    if ((found && bytesToId(found)) !== version) return undefined;
    this.objects.set(key, { bytes: bytes.slice(), modified: this.now });
    return bytesToId(bytes);
  };

  async *list(prefix: string, { signal }: BucketCall = {}): AsyncGenerator<BucketObject> {
    signal?.throwIfAborted();
    for (const [key, { bytes, modified }] of [...this.objects]) {
      if (key.startsWith(prefix)) yield { key, size: bytes.length, modified };
    }
  }

  readonly delete: Bucket['delete'] = async (keys, { signal } = {}) => {
    signal?.throwIfAborted();
    for (const key of keys) this.objects.delete(key);
  };
}
