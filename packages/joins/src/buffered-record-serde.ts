import {
  type Bytes,
  fromUtf8,
  maxPackedSize,
  packElements,
  type RecordHeaders,
  type Serde,
  SerdeError,
  toUtf8,
  unpackElement,
} from '@kstreams/core/graph';

/** The value and headers of a buffered record. The buffer holds its key and timestamp. */
export interface BufferedRecord<V> {
  readonly value: V;
  readonly headers: RecordHeaders;
}

/** Bytes of a buffered record: the value, then the name and value of each header. */
export const bufferedRecordSerde = <V>(value: Serde<V>): Serde<BufferedRecord<V>> => ({
  name: `buffered ${value.name}`,
  inner: [value],
  ...(value.roundTrip && { roundTrip: roundTripOf(value.roundTrip) }),
  ...(value.maxSize && { maxSize: maxSizeOf(value.maxSize) }),
  encode: (one, at) =>
    packElements([value.encode(one.value, at), ...one.headers.flatMap(([name, bytes]) => [toUtf8(name), bytes])]),
  decode: (bytes, at) => {
    const elements: (Bytes | null)[] = [];
    for (let from = 0; from < bytes.length; ) {
      const unpacked = unpackElement(bytes, from);
      if (unpacked === undefined) throw notBuffered(at.topic);
      elements.push(unpacked.element);
      from = unpacked.next;
    }
    const [first, ...rest] = elements;
    if (first === undefined || first === null || rest.length % 2 !== 0) throw notBuffered(at.topic);
    const headers = Array.from(
      { length: rest.length / 2 },
      (_, i) => [fromUtf8(rest[2 * i] as Bytes), rest[2 * i + 1] as Bytes | null] as const,
    );
    return { value: value.decode(first, at), headers };
  },
});

const roundTripOf =
  <V>(ofValue: NonNullable<Serde<V>['roundTrip']>): Serde<BufferedRecord<V>>['roundTrip'] =>
  (given, at) => {
    const value = ofValue(given.value, at);
    return Object.is(value, given.value) ? given : { ...given, value };
  };

const maxSizeOf =
  <V>(ofValue: NonNullable<Serde<V>['maxSize']>): Serde<BufferedRecord<V>>['maxSize'] =>
  ({ headers, value }) =>
    maxPackedSize([ofValue(value)], headers);

const notBuffered = (topic: string): SerdeError => new SerdeError('the bytes are not a buffered record', { topic });
