import {
  type Bytes,
  invalidTimestamp,
  noHeaders,
  type Outgoing,
  type RecordHeaders,
  record,
  type Serde,
  type StreamRecord,
  type Topic,
} from '@kstreams/core/graph';
import type { Written } from './outputs.js';

/** Sends records of one topic to a {@link TestDriver}. */
export class TestInput<K, V> {
  readonly #topic: Topic<K, V>;
  readonly #now: () => number;
  readonly #put: (record: Outgoing) => void;

  constructor(topic: Topic<K, V>, now: () => number, put: (record: Outgoing) => void) {
    this.#topic = topic;
    this.#now = now;
    this.#put = put;
  }

  /**
   * Processes a record and everything that follows from it. `null` is Kafka's null: a delete for a table. `timestamp`
   * is in whole ms; the wall-clock time by default.
   *
   * @throws RangeError for a timestamp that is not a whole number.
   */
  pipe(key: K | null, value: V | null, timestamp: number = this.#now(), headers: RecordHeaders = noHeaders): void {
    if (!Number.isSafeInteger(timestamp)) {
      throw invalidTimestamp(`the timestamp of a record for topic "${this.#topic.name}"`, timestamp);
    }
    const at = { topic: this.#topic.name, headers };
    this.#put({
      topic: this.#topic.name,
      partition: 0,
      key: key === null ? null : this.#topic.key.encode(key, at),
      value: value === null ? null : this.#topic.value.encode(value, at),
      timestamp,
      headers,
    });
  }
}

/** Reads the output of one topic. */
export class TestOutput<K, V> {
  readonly #topic: Topic<K, V>;
  readonly #written: Written;

  constructor(topic: Topic<K, V>, written: Written) {
    this.#topic = topic;
    this.#written = written;
  }

  /** The number of unread records. */
  get length(): number {
    return this.#written.unread.length;
  }

  /** Returns all records since the last read, in order. A null value is a delete. */
  read(): StreamRecord<K, V | null>[] {
    return this.#written.unread.splice(0).map((written) => {
      const key = decode(this.#topic.key, written.key, written) as K;
      return record(key, decode(this.#topic.value, written.value, written), written.timestamp, written.headers);
    });
  }
}

const decode = <T>(serde: Serde<T>, bytes: Bytes | null, at: Outgoing): T | null =>
  bytes === null ? null : serde.decode(bytes, at);
