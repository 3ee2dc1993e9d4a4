import {
  type Bytes,
  fromUtf8,
  packElements,
  type RecordHeaders,
  type Serde,
  SerdeError,
  toUtf8,
  unpackElement,
} from '@kstreams/core/graph';

/** A record's value and headers; its key and timestamp are where it waits. */
export interface BufferedValue<V> {
  readonly value: V;
  readonly headers: RecordHeaders;
}

/** As bytes: the value, then the names and values of the headers, in turn. */
export const bufferedSerde = <V>(value: Serde<V>): Serde<BufferedValue<V>> => ({
  name: `buffered ${value.name}`,
  encode: (one, at) =>
    packElements([value.encode(one.value, at), ...one.headers.flatMap(([name, bytes]) => [toUtf8(name), bytes])]),
  decode: (bytes, at) => {
    const elements: Bytes[] = [];
    for (let from = 0; from < bytes.length; ) {
      const unpacked = unpackElement(bytes, from);
      if (unpacked === undefined || unpacked.element === null)
        throw new SerdeError('the bytes are not a buffered record', { topic: at.topic });
      elements.push(unpacked.element);
      from = unpacked.next;
    }
    const [first = new Uint8Array(), ...rest] = elements;
    const headers = Array.from(
      { length: rest.length / 2 },
      (_, i) => [fromUtf8(rest[2 * i] as Bytes), rest[2 * i + 1] as Bytes] as const,
    );
    return { value: value.decode(first, at), headers };
  },
});
