import type { Bytes } from '@kstreams/core/graph';

/** Arrays of at most this length lie in V8's heap, until an addon reads them. */
const shortLength = 64;

/**
 * Returns a function that copies short byte strings to the same memory, one after the other. For calls of an addon that copies
 * them again before it returns: V8 otherwise moves each to memory outside of its heap, which the collector has to visit.
 */
export const reusedBytes = (): ((bytes: Bytes) => Bytes) => {
  const memory = new Uint8Array(shortLength + 1);
  const views = Array.from({ length: shortLength + 1 }, (_, length) => memory.subarray(0, length));
  return (bytes) => {
    const view = views[bytes.length];
    if (view === undefined) return bytes;
    view.set(bytes);
    return view;
  };
};
