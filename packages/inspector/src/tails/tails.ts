import {
  type Bytes,
  type Cancel,
  type Clock,
  fromUtf8,
  messageOf,
  type RecordHeaders,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { LocalStore, StartedApplication } from '@kstreams/runtime';
import { isSecretName, redacted } from '../configuration/redaction.js';
import { Refusal } from '../http/refusal.js';
import type { SampledRecord, TailBody } from '../protocol.js';
import { boundedJson } from './bounded-json.js';
import { SampledRecords } from './sampled-records.js';

/** The time after the last read at which a tail ends, in ms. */
const lease = 5_000;

/** The most tails at once. */
const most = 4;

/** The longest text of a header, in bytes. */
const longestHeader = 512;

type Codec = ReturnType<LocalStore['codecOf']>;

interface Tail {
  readonly records: SampledRecords;
  readonly stop: Cancel;
  cancelEnd: Cancel;
}

/**
 * Samples records on edges and changes of stores from one read to the next. Nothing is sampled once no read follows for 5 s.
 */
export class Tails {
  readonly #application: Pick<StartedApplication, 'watchEdges' | 'localStore'>;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #tails = new Map<string, Tail>();

  constructor(application: Pick<StartedApplication, 'watchEdges' | 'localStore'>, clock: Pick<Clock, 'after'>) {
    this.#application = application;
    this.#clock = clock;
  }

  /** Returns the latest sampled records on an edge. Begins or extends its tail. */
  edge(from: string, to: string): TailBody {
    return this.#read(`edge ${from} ${to}`, (records) =>
      this.#application.watchEdges((edge, record) => {
        if (edge.from !== from || edge.to !== to) return;
        records.offer(() => {
          const { offset, partition, topic } = edge.task.source;
          const source = offset < 0 ? 'a punctuation' : `${topic}-${partition} at ${offset}`;
          return { ...sampled(record), details: { task: edge.task.id, source } };
        });
      }),
    );
  }

  /**
   * Returns the latest sampled changes of a store, once they are committed. Begins or extends its tail.
   *
   * @throws StateError for a store that does not exist or cannot be read.
   */
  store(name: string): TailBody {
    return this.#read(`store ${name}`, (records) => {
      const store = this.#application.localStore(name);
      return store.listen((open, rows) => {
        const codec = store.codecOf(open);
        for (const { key: rowKey, value } of rows) {
          records.offer(() => changedRow(codec, rowKey, value, { partition: String(open.partition) }));
        }
      });
    });
  }

  /** Ends all tails. */
  close(): void {
    for (const id of [...this.#tails.keys()]) this.#end(id);
  }

  #read(id: string, begin: (records: SampledRecords) => Cancel): TailBody {
    let tail = this.#tails.get(id);
    if (tail === undefined) {
      if (this.#tails.size >= most) throw new Refusal(429, `${most} tails run already: close one of them`);
      const records = new SampledRecords(this.#clock);
      tail = { records, stop: begin(records), cancelEnd: () => {} };
      this.#tails.set(id, tail);
    }
    tail.cancelEnd();
    tail.cancelEnd = this.#clock.after(lease, () => this.#end(id));
    return { seen: tail.records.seen, records: tail.records.records };
  }

  #end(id: string): void {
    const tail = this.#tails.get(id);
    this.#tails.delete(id);
    tail?.cancelEnd();
    tail?.stop();
    tail?.records.close();
  }
}

/** Returns a changed row; undefined for one that is no row of the table. A row that cannot be decoded fails no commit. */
const changedRow = (
  codec: Codec,
  rowKey: Bytes,
  bytes: Bytes | undefined,
  details: SampledRecord['details'],
): Omit<SampledRecord, 'number'> | undefined => {
  try {
    const key = codec.key(rowKey);
    if (key === undefined) return undefined;
    const row = bytes && codec.row(bytes);
    if (row === undefined) return { key: boundedJson(key), details };
    return { key: boundedJson(key), value: boundedJson(row.value), timestamp: row.timestamp, details };
  } catch (thrown) {
    return { key: `cannot be decoded: ${messageOf(thrown)}`, details };
  }
};

const sampled = ({ headers, key, timestamp, value }: StreamRecord<unknown, unknown>) => ({
  key: boundedJson(key),
  value: boundedJson(value),
  timestamp,
  headers: headersOf(headers),
});

/** Returns headers as texts, without secrets. */
const headersOf = (headers: RecordHeaders): readonly (readonly [string, string])[] =>
  headers.map(([name, value]) => [
    name,
    isSecretName(name) ? redacted : value === null ? 'null' : fromUtf8(value.subarray(0, longestHeader)),
  ]);
