import { type AnySerde, type Bytes, concatBytes, type Serde, type SerdeType } from '@kstreams/core';
import { refuse } from './failure.js';

/** The values of the serdes of a tuple. */
type Values<S extends readonly AnySerde[]> = { -readonly [I in keyof S]: SerdeType<S[I]> };

/**
 * Several values as one key. The order of encoded tuples is the order of their elements' bytes, the first element first,
 * so that a scan by a leading element is one range: each element's zero bytes are escaped as 0x00 0xff and it ends with
 * 0x00 0x00.
 *
 * @example
 * const byStateAndDay = tuple(string, int32) // Serde<[string, number]>
 */
export const tuple = <const S extends readonly AnySerde[]>(...serdes: S): Serde<Values<S>> => {
  const name = `tuple(${serdes.map((serde) => serde.name).join(', ')})`;
  return {
    name,
    encode: (values, at) => {
      const elements = values as readonly unknown[];
      if (elements.length !== serdes.length)
        return refuse(name, `expected ${serdes.length} values, got ${elements.length}`, at);
      return concatBytes(...serdes.map((serde, i) => escaped(serde.encode(elements[i], at))));
    },
    decode: (bytes, at) => {
      let from = 0;
      const values = serdes.map((serde) => {
        const [element, next] = unescaped(bytes, from) ?? refuse(name, `element at byte ${from} has no end`, at);
        from = next;
        return serde.decode(element, at);
      });
      if (from !== bytes.length) return refuse(name, `${bytes.length - from} bytes follow the last element`, at);
      return values as Values<S>;
    },
  };
};

const escaped = (element: Bytes): Bytes => {
  const out: number[] = [];
  for (const byte of element) {
    out.push(byte);
    if (byte === 0) out.push(0xff);
  }
  out.push(0, 0);
  return Uint8Array.from(out);
};

const unescaped = (bytes: Bytes, from: number): readonly [element: Bytes, next: number] | undefined => {
  const out: number[] = [];
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte !== 0) {
      out.push(byte);
      continue;
    }
    const after = bytes[++i];
    if (after === 0) return [Uint8Array.from(out), i + 1];
    if (after !== 0xff) return undefined;
    out.push(0);
  }
  return undefined;
};
