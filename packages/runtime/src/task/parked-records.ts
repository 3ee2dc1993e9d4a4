import { type Bytes, bytesToId, type Received, type StreamRecord } from '@kstreams/core/graph';
import type { InFlightRecord, InFlightRecords } from '../async/in-flight-records.js';
import type { RecordQueue } from './record-queue.js';

/** A record that is parked for a value, or behind an older record of its key. */
export interface ParkedRecord {
  readonly queue: RecordQueue;
  readonly received: Received;
  readonly inFlight: InFlightRecord;
  /** Undefined while it cannot be decoded. */
  readonly decoded: StreamRecord<unknown, unknown> | undefined;
}

/** The parked records of one key, oldest first. */
interface ParkedKey {
  readonly id: string;
  readonly records: ParkedRecord[];
}

/** Maximum number of parked records per task. More are not taken in. */
const limit = 1_000;

/**
 * The records of one task that wait for a value that is not loaded, such as a state row or a schema, with all later
 * records of their keys. Other keys overtake them. A parked record counts as in flight: its offset is not committed, and
 * the stream time of the task does not pass it.
 */
export class ParkedRecords {
  readonly #inFlight: InFlightRecords;
  readonly #wake: () => void;
  readonly #keys = new Map<string, ParkedKey>();
  readonly #ready: ParkedKey[] = [];
  #count = 0;

  /** `wake` is called when a record can be processed again. */
  constructor(inFlight: InFlightRecords, wake: () => void) {
    this.#inFlight = inFlight;
    this.#wake = wake;
  }

  /** Number of parked records. */
  get count(): number {
    return this.#count;
  }

  /** True when no more records may be taken in. */
  get full(): boolean {
    return this.#count >= limit;
  }

  /** True when records of this key are parked. */
  holds(key: Bytes | null): boolean {
    return this.#count > 0 && this.#keys.has(idOf(key));
  }

  /**
   * Parks the head of a queue, which is the current record in flight, until a promise resolves; without one, behind older
   * records of its key. The promise must not reject.
   */
  add(queue: RecordQueue, until?: Promise<unknown>): void {
    const received = queue.received as Received;
    const inFlight = this.#inFlight.current;
    inFlight.pending++;
    const id = idOf(received.key);
    let key = this.#keys.get(id);
    if (key === undefined) this.#keys.set(id, (key = { id, records: [] }));
    key.records.push({ queue, received, inFlight, decoded: queue.decodedHead });
    this.#count++;
    if (until !== undefined) this.#await(key, until);
  }

  /** The next record to process; undefined while no parked record is ready. */
  get ready(): ParkedRecord | undefined {
    return this.#ready[0]?.records[0];
  }

  /** Parks the ready record again. The promise must not reject. */
  parkAgain(until: Promise<unknown>): void {
    this.#await(this.#ready.shift() as ParkedKey, until);
  }

  /** Removes the processed ready record. The next record of its key becomes ready. */
  remove(): void {
    const [key] = this.#ready as [ParkedKey];
    const { inFlight } = key.records.shift() as ParkedRecord;
    this.#count--;
    this.#inFlight.release(inFlight);
    if (key.records.length > 0) return;
    this.#keys.delete(key.id);
    this.#ready.shift();
  }

  #await(key: ParkedKey, until: Promise<unknown>): void {
    void until.then(() => {
      this.#ready.push(key);
      this.#wake();
    });
  }
}

/** Records without a key wait for each other. */
const idOf = (key: Bytes | null): string => (key === null ? 'null' : `k${bytesToId(key)}`);
