import { type Bytes, type Coordinates, SerdeError } from '@kstreams/core/graph';

/** Writes a bound of a window as Kafka Streams does: a long, big-endian, never negative. */
export const writeBound = (bytes: Bytes, offset: number, bound: number, { topic }: Coordinates): void => {
  if (!Number.isSafeInteger(bound) || bound < 0)
    throw new SerdeError(`${bound} is no bound of a window of Kafka Streams: they are whole ms since 1970`, { topic });
  viewOf(bytes).setBigInt64(offset, BigInt(bound));
};

/** Reads a bound. */
export const readBound = (bytes: Bytes, offset: number, { topic }: Coordinates): number => {
  if (offset < 0) throw new SerdeError('a windowed key of Kafka Streams is a key and its bounds', { topic });
  const bound = Number(viewOf(bytes).getBigInt64(offset));
  if (!Number.isSafeInteger(bound) || bound < 0)
    throw new SerdeError('the bounds of a windowed key are whole ms since 1970', { topic });
  return bound;
};

const viewOf = ({ buffer, byteOffset, byteLength }: Bytes): DataView => new DataView(buffer, byteOffset, byteLength);
