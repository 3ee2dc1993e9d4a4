import { type Bytes, type Outgoing, type RecordHeaders, toUtf8 } from '@kstreams/core/graph';
import { compressionsAlgorithms, crc32c } from '@platformatic/kafka';
import type { Compression } from '../client/settings.js';
import { attribute, batchVersion, header, uncounted } from './batch-format.js';
import { varintSize, writeVarint } from './varints.js';

/** The identity of a producer, by which brokers drop a batch that was sent twice. */
export interface ProducerIdentity {
  readonly id: bigint;
  readonly epoch: number;
  readonly transactional: boolean;
}

/** The first size of the memory of a batch, in bytes. */
const firstSize = 16 * 1024;

/** A batch of records, encoded as they are added. */
export class BatchBuilder {
  #bytes = new Uint8Array(firstSize);
  #at: number = header.records;
  #count = 0;
  #firstTimestamp = 0;
  #maxTimestamp = 0;

  /** The number of records. */
  get count(): number {
    return this.#count;
  }

  /** The bytes so far, without compression. */
  get size(): number {
    return this.#at;
  }

  /** Adds a record. */
  add({ headers, key, timestamp, value }: Outgoing): void {
    if (this.#count === 0) this.#firstTimestamp = this.#maxTimestamp = timestamp;
    else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp;
    const delta = timestamp - this.#firstTimestamp;
    const named = headers.length === 0 ? noNames : headers.map(([name]) => toUtf8(name));
    const length =
      1 +
      varintSize(delta) +
      varintSize(this.#count) +
      sizeOf(key) +
      sizeOf(value) +
      varintSize(headers.length) +
      (headers.length === 0 ? 0 : sizeOfHeaders(headers, named));
    this.#reserve(length + varintSize(length));
    const bytes = this.#bytes;
    let at = writeVarint(bytes, this.#at, length);
    bytes[at++] = 0;
    at = writeVarint(bytes, at, delta);
    at = writeVarint(bytes, at, this.#count++);
    at = writeBytes(bytes, at, key);
    at = writeBytes(bytes, at, value);
    at = writeVarint(bytes, at, headers.length);
    for (let i = 0; i < headers.length; i++) {
      at = writeBytes(bytes, at, named[i] as Bytes);
      at = writeBytes(bytes, at, headers[i]?.[1] ?? null);
    }
    this.#at = at;
  }

  /** Returns the whole batch; its first record has the sequence number. */
  finish({ epoch, id, transactional }: ProducerIdentity, sequence: number, compression: Compression): Buffer {
    const records = this.#compressed(compression);
    const batch =
      records === undefined
        ? Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#at)
        : Buffer.concat([this.#bytes.subarray(0, header.records), records]);
    const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
    view.setBigInt64(header.firstOffset, 0n);
    view.setInt32(header.length, batch.length - uncounted);
    view.setInt32(header.leaderEpoch, -1);
    view.setInt8(header.version, batchVersion);
    const coded = records === undefined ? 0 : compressionsAlgorithms[compression].bitmask;
    view.setInt16(header.attributes, coded | (transactional ? attribute.transactional : 0));
    view.setInt32(header.lastOffsetDelta, this.#count - 1);
    view.setBigInt64(header.firstTimestamp, BigInt(this.#firstTimestamp));
    view.setBigInt64(header.maxTimestamp, BigInt(this.#maxTimestamp));
    view.setBigInt64(header.producerId, id);
    view.setInt16(header.producerEpoch, epoch);
    view.setInt32(header.firstSequence, sequence);
    view.setInt32(header.count, this.#count);
    view.setUint32(header.crc, crc32c(batch.subarray(header.attributes)));
    return batch;
  }

  #compressed(compression: Compression): Uint8Array | undefined {
    if (compression === 'none') return undefined;
    return compressionsAlgorithms[compression].compressSync(
      Buffer.from(this.#bytes.subarray(header.records, this.#at)),
    );
  }

  #reserve(more: number): void {
    const needed = this.#at + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

const noNames: readonly Bytes[] = [];

const sizeOf = (bytes: Bytes | null): number => (bytes === null ? 1 : varintSize(bytes.length) + bytes.length);

const sizeOfHeaders = (headers: RecordHeaders, names: readonly Bytes[]): number =>
  headers.reduce((size, [, value], i) => size + sizeOf(names[i] as Bytes) + sizeOf(value), 0);

/** Bytes up to this length are copied one by one, which is faster than `set`. */
const shortLength = 32;

const writeBytes = (bytes: Uint8Array, at: number, part: Bytes | null): number => {
  if (part === null) return writeVarint(bytes, at, -1);
  const { length } = part;
  const from = writeVarint(bytes, at, length);
  if (length > shortLength) bytes.set(part, from);
  else for (let i = 0; i < length; i++) bytes[from + i] = part[i] as number;
  return from + length;
};
