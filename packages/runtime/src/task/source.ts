import {
  type AnySerde,
  type Bytes,
  type Coordinates,
  type Received,
  reasonOf,
  record,
  SerdeError,
  type SourceNode,
  type StreamRecord,
} from '@kstreams/core/graph';

/** Turns a record as it was read into one with types, or throws a SerdeError with its coordinates. */
export type Decode = (received: Received, partitionTime: number) => StreamRecord<unknown, unknown>;

/** What decoding needs to know of a source. */
export type DecodedSource = Pick<SourceNode, 'key' | 'value' | 'timestamp'> & {
  readonly id: string;
  readonly nulls?: SourceNode['nulls'];
};

/** The decoding of a source; `now` is the wall clock, for extractors that read it. */
export const decodeOf = (source: DecodedSource, now: () => number): Decode => {
  const { id, key: keySerde, value: valueSerde, timestamp: extract } = source;
  const valueNulls = valueSerde.nullable === true || source.nulls === 'pass';
  const keyNulls = keySerde.nullable === true || source.nulls === 'pass';
  return (received, partitionTime) => {
    const key = decodePart('key', keySerde, received.key, keyNulls, received, id);
    const value = decodePart('value', valueSerde, received.value, valueNulls, received, id);
    const arrived = record(key, value, received.timestamp, received.headers);
    if (extract === undefined) return arrived;
    return record(key, value, extract(arrived, partitionTime, now()), received.headers);
  };
};

const decodePart = (
  part: 'key' | 'value',
  serde: AnySerde,
  bytes: Bytes | null,
  nulls: boolean,
  received: Received,
  node: string,
): unknown => {
  if (bytes === null) {
    if (nulls) return null;
    throw new SerdeError(
      `the ${part} is null, which ${serde.name} does not allow: use nullable(…), a table, or an error policy`,
      placeOf(received, node),
    );
  }
  try {
    return serde.decode(bytes, received as Coordinates);
  } catch (thrown) {
    throw new SerdeError(`the ${part} is not ${serde.name}: ${reasonOf(thrown)}`, placeOf(received, node), thrown);
  }
};

const placeOf = ({ topic, partition, offset }: Received, node: string) => ({ node, topic, partition, offset });
