import { TransportError } from '@kstreams/core/graph';
import { attribute, batchVersion, header, uncounted } from './batch-format.js';
import { readInt64 } from './int64.js';
import { VarintReader } from './varints.js';

/** A fetched batch: its place in the bytes of a response. */
export interface FetchedBatch {
  readonly firstOffset: number;
  /** The offset after its last record, also when that one was compacted away. */
  readonly nextOffset: number;
  /** The number of its records; 0 for a batch without records to read. */
  readonly count: number;
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
  readonly attributes: number;
  readonly bytes: Uint8Array;
}

/** An aborted transaction of a fetched range. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** The type of a control record that ends an aborted transaction. */
const abortMarker = 0;

/**
 * Returns the batches of a response, in order. Batches of control records and, with the aborted transactions of the range,
 * aborted batches have no records: readers continue after them. A batch that is cut off at the end is left out.
 *
 * @throws TransportError for a batch in a format that is older than Kafka 0.11.
 */
export const readBatches = (
  bytes: Uint8Array,
  aborted: readonly AbortedTransaction[],
  place: { readonly topic: string; readonly partition: number },
): readonly FetchedBatch[] => {
  const batches: FetchedBatch[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const openAborts = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const aborting = new Set<bigint>();
  let at = 0;
  while (at + header.records <= bytes.length) {
    const end = at + uncounted + view.getInt32(at + header.length);
    if (end > bytes.length) break;
    if (view.getInt8(at + header.version) !== batchVersion) {
      throw new TransportError('a record has a format of Kafka before 0.11: copy the topic to a new one', place);
    }
    const attributes = view.getInt16(at + header.attributes);
    const firstOffset = readInt64(view, at + header.firstOffset);
    const nextOffset = firstOffset + view.getInt32(at + header.lastOffsetDelta) + 1;
    const producerId = view.getBigInt64(at + header.producerId);
    while (openAborts[0] !== undefined && openAborts[0].firstOffset < nextOffset) {
      aborting.add((openAborts.shift() as AbortedTransaction).producerId);
    }
    const control = (attributes & attribute.control) !== 0;
    if (control && markerType(bytes, at + header.records) === abortMarker) aborting.delete(producerId);
    const skipped = control || ((attributes & attribute.transactional) !== 0 && aborting.has(producerId));
    batches.push({
      firstOffset,
      nextOffset,
      count: skipped ? 0 : view.getInt32(at + header.count),
      firstTimestamp: readInt64(view, at + header.firstTimestamp),
      maxTimestamp: readInt64(view, at + header.maxTimestamp),
      attributes,
      bytes: bytes.subarray(at + header.records, end),
    });
    at = end;
  }
  return batches;
};

/** Returns the type in the key of a control record. */
const markerType = (bytes: Uint8Array, at: number): number => {
  const reader = new VarintReader(bytes, at);
  reader.read();
  reader.at++;
  reader.read();
  reader.read();
  reader.read();
  // The key has a version and the type, of two bytes each.
  return ((bytes[reader.at + 2] as number) << 8) | (bytes[reader.at + 3] as number);
};
