import { readTimestamp, type Serde, SerdeError, timestampLength, type WindowKey, writeTimestamp } from '@kstreams/core';

/** A key in a window: from `start` to before `end`, in ms since 1970. */
export interface Windowed<K> extends WindowKey<K> {}

/**
 * Windowed keys as bytes: the key, then start and end in eight ordered bytes each, so that both bounds survive, of a
 * calendar day of 23 hours too, and one key's windows lie together in the order of time.
 *
 * @example
 * const totals = topic('totals', { key: windowed(string), value: double })
 */
export const windowed = <K>(key: Serde<K>): Serde<Windowed<K>> => ({
  name: `windowed ${key.name}`,
  encode: (window, at) => {
    const inner = key.encode(window.key, at);
    const bytes = new Uint8Array(inner.length + boundsLength);
    bytes.set(inner);
    writeTimestamp(bytes, inner.length, window.start);
    writeTimestamp(bytes, inner.length + timestampLength, window.end);
    return bytes;
  },
  decode: (bytes, at) => {
    const length = bytes.length - boundsLength;
    if (length < 0) throw new SerdeError(`a windowed key has at least ${boundsLength} bytes, not ${bytes.length}`, at);
    return {
      key: key.decode(bytes.subarray(0, length), at),
      start: readTimestamp(bytes, length),
      end: readTimestamp(bytes, length + timestampLength),
    };
  },
});

const boundsLength = 2 * timestampLength;
