/** The request for records, of which the package would decode all at once. */
import type { Position } from '@kstreams/core/graph';
import { createAPI, fetchV12, type Reader } from '@platformatic/kafka';
import type { AbortedTransaction } from '../records/fetched-batches.js';

/** The fetched bytes of a partition. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly error: number;
  readonly highWatermark: bigint;
  /** The end of the records of ended transactions. */
  readonly lastStable: bigint;
  readonly aborted: readonly AbortedTransaction[];
  readonly records: Uint8Array;
}

/** The response to a fetch. */
export interface FetchResponse {
  readonly error: number;
  readonly partitions: readonly FetchedPartition[];
}

/** A partition to fetch. */
export interface FetchTarget extends Position {
  readonly epoch: number;
  readonly bytes: number;
}

/** The bounds of a fetch. */
export interface FetchBounds {
  /** The longest wait for records, in ms. */
  readonly wait: number;
  readonly bytes: number;
  /** True to leave out records of open and aborted transactions. */
  readonly committed: boolean;
}

const noBytes = new Uint8Array(0);

const createRequest = (targets: readonly FetchTarget[], { bytes, committed, wait }: FetchBounds) => {
  const byTopic = new Map<string, FetchTarget[]>();
  for (const target of targets) {
    const known = byTopic.get(target.topic);
    if (known === undefined) byTopic.set(target.topic, [target]);
    else known.push(target);
  }
  const topics = [...byTopic].map(([topicId, all]) => ({
    topicId,
    partitions: all.map(({ bytes: partitionMaxBytes, epoch, offset, partition }) => ({
      partition,
      currentLeaderEpoch: epoch,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: -1,
      partitionMaxBytes,
    })),
  }));
  return fetchV12.createRequest(wait, 1, bytes, committed ? 1 : 0, 0, -1, topics, [], '');
};

const parseResponse = (_id: number, _key: number, _version: number, reader: Reader): FetchResponse => {
  reader.readInt32();
  const error = reader.readInt16();
  reader.readInt32();
  const partitions: FetchedPartition[] = [];
  reader.readArray((ofTopic) => {
    const topic = ofTopic.readString();
    ofTopic.readArray((one) => {
      const partition = one.readInt32();
      const code = one.readInt16();
      const highWatermark = one.readInt64();
      const lastStable = one.readInt64();
      one.readInt64();
      const aborted =
        one.readNullableArray((each) => ({ producerId: each.readInt64(), firstOffset: each.readInt64() })) ?? [];
      one.readInt32();
      const size = one.readUnsignedVarInt() - 1;
      const records = size > 0 ? plain(one.buffer.slice(one.position, one.position + size)) : noBytes;
      if (size > 0) one.skip(size);
      partitions.push({ topic, partition, error: code, highWatermark, lastStable, aborted, records });
    });
  });
  return { error, partitions };
};

const plain = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);

/** The request for records, version 12. */
export const fetchApi = createAPI<[targets: readonly FetchTarget[], bounds: FetchBounds], FetchResponse>(
  1,
  12,
  createRequest,
  parseResponse,
);
