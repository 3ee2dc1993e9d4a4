import type { Bytes, Outgoing, TopicPartition } from '@kstreams/core/graph';
import { BatchBuilder } from './record-batch.js';
import type { Row } from './tail.js';

/** A producer, as it is told what became of its records. */
export interface Sender {
  /** So many of its records are in the log, all before `end`. */
  acknowledge(partition: TopicPartition, end: number, count: number): void;
}

/** A row holds at most so many bytes, unless one record alone is larger. */
const byteLimit = 128 * 1_024;
/** And at most so many records, so that reading one of them does not decode too many. */
const recordLimit = 2_000;

/** A row in the making, by one producer or several; they are told once it is written. */
export class FillingBatch implements Row {
  readonly #builder: BatchBuilder;
  readonly #shares: { readonly sender: Sender; count: number; end: number }[] = [];
  #bytes: Bytes | undefined;

  constructor(first: number, transaction: number) {
    this.#builder = new BatchBuilder(first, transaction);
  }

  get transaction(): number {
    return this.#builder.transaction;
  }

  get count(): number {
    return this.#builder.count;
  }

  get full(): boolean {
    return this.#builder.count >= recordLimit || this.#builder.length >= byteLimit;
  }

  get last(): number {
    return this.#builder.first + this.#builder.count - 1;
  }

  /** The finished row; nothing can be added after. */
  get bytes(): Bytes {
    this.#bytes ??= this.#builder.build();
    return this.#bytes;
  }

  add(offset: number, record: Outgoing, sender: Sender): void {
    this.#builder.add(offset, record);
    let share = this.#shares.at(-1);
    if (share?.sender !== sender) {
      share = { sender, count: 0, end: 0 };
      this.#shares.push(share);
    }
    share.count++;
    share.end = offset + 1;
  }

  /** Tells every producer of its share. */
  acknowledge(partition: TopicPartition): void {
    for (const { sender, count, end } of this.#shares) sender.acknowledge(partition, end, count);
  }
}
