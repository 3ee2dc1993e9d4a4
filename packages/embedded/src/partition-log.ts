import {
  type Bytes,
  concatBytes,
  encodeTimestamp,
  type Outgoing,
  type Received,
  readTimestamp,
  toUtf8,
} from '@kstreams/core';
import { decodeRecord, encodeRecord } from './record-bytes.js';
import type { Database, Writer } from './writer.js';

/** How many of a partition's newest records stay in memory. */
const tailLength = 20_000;

/** The records of one partition: the newest in memory, all of them in the database. */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** The offset of the next record to be written. */
  end = 0;
  /** The offset of the oldest record that was not purged. */
  start = 0;
  readonly #database: Database;
  readonly #writer: Writer;
  readonly #prefix: Bytes;
  #tail: Received[] = [];

  constructor(topic: string, partition: number, database: Database, writer: Writer) {
    this.topic = topic;
    this.partition = partition;
    this.#database = database;
    this.#writer = writer;
    this.#prefix = toUtf8(`record/${topic}/${partition}/`);
  }

  /** Finds start and end in the database. */
  async open(): Promise<void> {
    const [first] = await this.#database
      .keys({ gte: this.#keyOf(0), lt: this.#keyOf(Number.MAX_SAFE_INTEGER), limit: 1 })
      .all();
    const [last] = await this.#database
      .keys({ gte: this.#keyOf(0), lt: this.#keyOf(Number.MAX_SAFE_INTEGER), limit: 1, reverse: true })
      .all();
    const purged = await this.#database.get(this.#purgedKey);
    this.end = Math.max(
      last === undefined ? 0 : this.#offsetOf(last) + 1,
      purged === undefined ? 0 : readTimestamp(purged),
    );
    this.start = first === undefined ? this.end : this.#offsetOf(first);
  }

  append(record: Outgoing): number {
    const offset = this.end++;
    const { timestamp, key, value, headers } = record;
    this.#tail.push({ topic: this.topic, partition: this.partition, offset, timestamp, key, value, headers });
    if (this.#tail.length > 2 * tailLength) this.#tail = this.#tail.slice(-tailLength);
    this.#writer.push([this.#keyOf(offset), encodeRecord(record)]);
    return offset;
  }

  /** The records from an offset on, at most `max`. */
  async read(from: number, max: number): Promise<readonly Received[]> {
    const at = Math.max(from, this.start);
    const first = this.#tail[0]?.offset ?? this.end;
    if (at >= first) return this.#tail.slice(at - first, at - first + max);
    const range = { gte: this.#keyOf(at), lt: this.#keyOf(first), limit: max };
    const rows = await this.#database.iterator(range).all();
    return rows.map(([key, bytes]) => decodeRecord(bytes, this.topic, this.partition, this.#offsetOf(key)));
  }

  /** The offset of the first record that is not older; the end when there is none. */
  async offsetAt(timestamp: number): Promise<number> {
    for (let from = this.start; from < this.end; ) {
      const records = await this.read(from, 1_000);
      const found = records.find((record) => record.timestamp >= timestamp);
      if (found !== undefined) return found.offset;
      from = (records.at(-1)?.offset ?? this.end) + 1;
    }
    return this.end;
  }

  /** Deletes the records before an offset. */
  async purge(before: number): Promise<void> {
    const to = Math.min(before, this.end);
    if (to <= this.start) return;
    this.#writer.push([this.#purgedKey, encodeTimestamp(to)]);
    await this.#writer.flush();
    await this.#database.clear({ gte: this.#keyOf(this.start), lt: this.#keyOf(to) });
    this.#tail = this.#tail.filter(({ offset }) => offset >= to);
    this.start = to;
  }

  get #purgedKey(): Bytes {
    return toUtf8(`purged/${this.topic}/${this.partition}`);
  }

  #keyOf(offset: number): Bytes {
    return concatBytes(this.#prefix, encodeTimestamp(offset));
  }

  #offsetOf(key: Bytes): number {
    return readTimestamp(key, this.#prefix.length);
  }
}
