import type { Bucket } from '@kstreams/core/graph';

/** A failure of one call: before it has an effect, after it, or no failure but a turn of the event loop before it. */
export type Fault = 'unavailable' | 'lost-response' | 'slow' | undefined;

/** Returns a bucket whose calls fail as `next` returns. A list fails at its first object. */
export const faultyBucket = (bucket: Bucket, next: (call: keyof Bucket) => Fault): Bucket => {
  const failing = async <T>(call: keyof Bucket, work: () => Promise<T>): Promise<T> => {
    const fault = next(call);
    if (fault === 'unavailable') throw new Error('503 Slow Down');
    if (fault === 'slow') await new Promise((resolve) => setImmediate(resolve));
    const result = await work();
    if (fault === 'lost-response') throw new Error('socket hang up');
    return result;
  };
  return {
    name: bucket.name,
    get: (key, options) => failing('get', () => bucket.get(key, options)),
    put: (key, bytes, options) => failing('put', () => bucket.put(key, bytes, options)),
    getVersion: (key, options) => failing('getVersion', () => bucket.getVersion(key, options)),
    replace: (key, bytes, version, options) => failing('replace', () => bucket.replace(key, bytes, version, options)),
    list: async function* (prefix, options) {
      await failing('list', async () => {});
      yield* bucket.list(prefix, options);
    },
    delete: (keys, options) => failing('delete', () => bucket.delete(keys, options)),
  };
};
