import type { Clock } from '@kstreams/core/graph';
import type { Limits } from '../options.js';
import type { EventConnection, SentEvent } from './event-connection.js';
import { encodePositions, type Positions } from './positions.js';
import type { ChangeSink } from './store-changes.js';

/** The time between two signs of life, in ms. */
const heartbeat = 15_000;

/**
 * The events of a subscription. A subscriber that leaves more than a number of bytes unread, or reads
 * nothing for the time of a query, is dropped.
 */
export class EventStream implements ChangeSink {
  readonly #connection: EventConnection;
  readonly #dropped: () => void;
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #positions: Map<number, string>;
  readonly #end = new AbortController();
  /** The sizes of the changes that wait for the snapshots of their partitions. */
  readonly #waiting = new Map<number, number>();
  #cancelHeartbeat = (): void => {};

  /** `dropped` is called when the subscriber is dropped. */
  constructor(
    connection: EventConnection,
    positions: Positions,
    limits: Limits,
    clock: Pick<Clock, 'after'>,
    dropped: () => void = () => {},
  ) {
    this.#connection = connection;
    this.#dropped = dropped;
    this.#limits = limits;
    this.#clock = clock;
    this.#positions = new Map(positions);
  }

  /** Aborted when the subscriber has left or was dropped. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Returns the position of a partition. */
  positionOf(partition: number): string | undefined {
    return this.#positions.get(partition);
  }

  /** Sends the head of the response and the number of partitions. */
  open(partitions: number): void {
    this.#connection.onceLeft(() => this.close());
    this.#connection.open();
    this.#send({ type: 'begin', partitions });
    this.#beat();
  }

  /** Ends the response; the subscriber may continue elsewhere. */
  close(): void {
    if (this.#end.signal.aborted) return;
    this.#cancelHeartbeat();
    this.#end.abort();
    this.#connection.end();
  }

  reset(partition: number): void {
    this.#positions.delete(partition);
    this.#waiting.delete(partition);
    this.#send({ type: 'reset', partition });
  }

  async rows(partition: number, rows: string): Promise<void> {
    this.#send({ type: 'rows', partition, rows });
    if (this.#connection.full) await this.#drained();
  }

  complete(partition: number, position: string): void {
    this.#waiting.delete(partition);
    this.#positions.set(partition, position);
    this.#send({ type: 'complete', partition, position, id: encodePositions(this.#positions) });
  }

  changes(partition: number, position: string, rows: string): void {
    this.#positions.set(partition, position);
    this.#send({ type: 'changes', partition, position, rows, id: encodePositions(this.#positions) });
  }

  waiting(partition: number, bytes: number): void {
    this.#waiting.set(partition, (this.#waiting.get(partition) ?? 0) + bytes);
    this.#dropIfSlow();
  }

  /** Sends that a partition moves or is being restored: its changes wait. */
  unavailable(partition: number): void {
    this.#send({ type: 'unavailable', partition });
  }

  #send(event: SentEvent): void {
    if (this.#end.signal.aborted) return;
    this.#connection.send(event);
    this.#dropIfSlow();
  }

  #dropIfSlow(): void {
    let { unread } = this.#connection;
    for (const bytes of this.#waiting.values()) unread += bytes;
    if (unread > this.#limits.buffered) this.#drop();
  }

  #drop(): void {
    if (!this.#end.signal.aborted) this.#dropped();
    this.close();
    this.#connection.drop();
  }

  #beat(): void {
    this.#cancelHeartbeat = this.#clock.after(heartbeat, () => {
      if (this.#connection.full) return this.#drop();
      this.#connection.beat();
      this.#beat();
    });
  }

  /** Resolves when the subscriber has read what was sent, or is dropped. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        removeListener();
        this.#end.signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#clock.after(this.#limits.milliseconds, () => this.#drop());
      const removeListener = this.#connection.onceDrained(end);
      this.#end.signal.addEventListener('abort', end, { once: true });
    });
  }
}
