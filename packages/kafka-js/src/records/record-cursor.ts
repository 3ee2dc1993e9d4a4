import {
  type Bytes,
  fromUtf8,
  noHeaders,
  type Received,
  type RecordHeaders,
  TransportError,
} from '@kstreams/core/graph';
import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka';
import { attribute } from './batch-format.js';
import type { FetchedBatch } from './fetched-batches.js';
import { VarintReader } from './varints.js';

/** Decodes the records of one batch, one after another. Keys and values are copies: they keep no response in memory. */
export class RecordCursor {
  readonly #topic: string;
  readonly #partition: number;
  readonly #batch: FetchedBatch;
  readonly #reader: VarintReader;
  readonly #appendTime: boolean;
  #left: number;

  constructor(topic: string, partition: number, batch: FetchedBatch) {
    this.#topic = topic;
    this.#partition = partition;
    this.#batch = batch;
    this.#left = batch.count;
    this.#appendTime = (batch.attributes & attribute.logAppendTime) !== 0;
    this.#reader = new VarintReader(batch.count === 0 ? batch.bytes : uncompressed(batch, topic, partition), 0);
  }

  /** The number of records that were not read. */
  get left(): number {
    return this.#left;
  }

  /** Reads the next record. */
  next(): Received {
    this.#left--;
    const reader = this.#reader;
    const end = reader.read() + reader.at;
    reader.at++;
    const timestamp = this.#batch.firstTimestamp + reader.read();
    const offset = this.#batch.firstOffset + reader.read();
    const key = readBytes(reader);
    const value = readBytes(reader);
    const headers = readHeaders(reader);
    reader.at = end;
    return {
      topic: this.#topic,
      partition: this.#partition,
      offset,
      timestamp: this.#appendTime ? this.#batch.maxTimestamp : timestamp,
      key,
      value,
      headers,
    };
  }
}

const uncompressed = ({ attributes, bytes }: FetchedBatch, topic: string, partition: number): Uint8Array => {
  const bits = attributes & attribute.compression;
  if (bits === 0) return bytes;
  const algorithm = compressionsAlgorithmsByBitmask[bits];
  try {
    if (algorithm === undefined) throw new Error(`unknown compression ${bits}`);
    const plain = algorithm.decompressSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  } catch (thrown) {
    const mend = 'zstd needs Node 22.15 or newer';
    throw new TransportError(`a batch cannot be decompressed: ${mend}`, { topic, partition }, thrown);
  }
};

const readBytes = (reader: VarintReader): Bytes | null => {
  const length = reader.read();
  if (length < 0) return null;
  const from = reader.at;
  reader.at = from + length;
  return reader.bytes.slice(from, from + length);
};

const readHeaders = (reader: VarintReader): RecordHeaders => {
  const count = reader.read();
  if (count === 0) return noHeaders;
  const headers: [string, Bytes | null][] = [];
  for (let i = 0; i < count; i++) {
    const name = fromUtf8(readBytes(reader) ?? new Uint8Array(0));
    headers.push([name, readBytes(reader)]);
  }
  return headers as unknown as RecordHeaders;
};
