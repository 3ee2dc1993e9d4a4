import {
  type Bytes,
  packElements,
  readTimestamp,
  type Serde,
  SerdeCache,
  SerdeError,
  timestampLength,
  unpackElement,
  writeTimestamp,
} from '@kstreams/core/graph';
import type { WindowKey } from '@kstreams/core/state';

/** A key and its window, from `start` until before `end`, in ms since 1970. */
export interface Windowed<K> extends WindowKey<K> {}

/**
 * Creates a serde of windowed keys with bytes in the order of key, start and end: the key as an element of a tuple (in its
 * `sortable` form if it has one), then both bounds in eight ordered bytes each. The windows of a key are together, in the
 * order of time.
 *
 * Calls with the same serde return the same object.
 *
 * @throws SerdeError for bounds that are not whole ms, or bytes that are not a windowed key.
 *
 * @example
 * const totals = topic('totals', { key: windowed(string), value: double })
 */
export const windowed = <K>(key: Serde<K>): Serde<Windowed<K>> => created.get([key], () => createWindowed(key));

const created = new SerdeCache();

const createWindowed = <K>(key: Serde<K>): Serde<Windowed<K>> => {
  const { encode, decode } = key.sortable ?? key;
  return {
    name: `windowed ${key.name}`,
    inner: [key],
    encode: (window, at) => {
      const { start, end } = window;
      if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start > end)
        throw new SerdeError(`${start} to ${end} is not a window in whole milliseconds`, { topic: at.topic });
      const bytes = packElements([encode(window.key, at)], boundsLength);
      writeTimestamp(bytes, bytes.length - boundsLength, start);
      writeTimestamp(bytes, bytes.length - timestampLength, end);
      return bytes;
    },
    decode: (bytes, at) => {
      const inner = keyOf(bytes);
      if (inner === undefined)
        throw new SerdeError('the bytes are not a windowed key: a key, its start and its end', { topic: at.topic });
      const start = readTimestamp(bytes, bytes.length - boundsLength);
      const end = readTimestamp(bytes, bytes.length - timestampLength);
      if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start > end)
        throw new SerdeError('the start and end of a windowed key are not a window', { topic: at.topic });
      return { key: decode(inner, at), start, end };
    },
  };
};

const boundsLength = 2 * timestampLength;

/** Returns the bytes of the key; `undefined` unless both bounds follow it. */
const keyOf = (bytes: Bytes): Bytes | undefined => {
  const unpacked = unpackElement(bytes, 0);
  if (unpacked === undefined || unpacked.element === null) return undefined;
  return unpacked.next + boundsLength === bytes.length ? unpacked.element : undefined;
};
