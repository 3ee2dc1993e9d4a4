import type { ServerResponse } from 'node:http';
import type { Clock } from '@kstreams/core/graph';
import type { Limits } from '../options.js';
import { encodePositions, type Positions } from './positions.js';
import type { ChangeSink } from './store-changes.js';

/** The time between two signs of life, in ms. */
const heartbeat = 15_000;

/**
 * The response of a subscription: server-sent events. A subscriber that leaves more than a number of bytes unread, or reads
 * nothing for the time of a query, is dropped.
 */
export class EventStream implements ChangeSink {
  readonly #response: ServerResponse;
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #positions: Map<number, string>;
  readonly #end = new AbortController();
  /** The sizes of the changes that wait for the snapshots of their partitions. */
  readonly #waiting = new Map<number, number>();
  #cancelHeartbeat = (): void => {};

  constructor(response: ServerResponse, positions: Positions, limits: Limits, clock: Pick<Clock, 'after'>) {
    this.#response = response;
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
    this.#response.once('close', () => this.close());
    // An error of the connection is followed by its close.
    this.#response.on('error', () => {});
    this.#response.writeHead(200, {
      'cache-control': 'no-store',
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    this.#response.write('retry: 1000\n\n');
    this.#send('begin', `{"partitions":${partitions}}`);
    this.#beat();
  }

  /** Ends the response; the subscriber may continue elsewhere. */
  close(): void {
    if (this.#end.signal.aborted) return;
    this.#cancelHeartbeat();
    this.#end.abort();
    this.#response.end();
  }

  reset(partition: number): void {
    this.#positions.delete(partition);
    this.#waiting.delete(partition);
    this.#send('reset', `{"partition":${partition}}`);
  }

  async rows(partition: number, rows: readonly string[]): Promise<void> {
    this.#send('rows', `{"partition":${partition},"rows":[${rows.join(',')}]}`);
    if (this.#response.writableNeedDrain) await this.#drained();
  }

  complete(partition: number, position: string): void {
    this.#waiting.delete(partition);
    this.#positions.set(partition, position);
    this.#send('complete', `{"partition":${partition},"position":"${position}"}`, true);
  }

  changes(partition: number, position: string, rows: string): void {
    this.#positions.set(partition, position);
    this.#send('changes', `{"partition":${partition},"position":"${position}","rows":[${rows}]}`, true);
  }

  waiting(partition: number, bytes: number): void {
    this.#waiting.set(partition, (this.#waiting.get(partition) ?? 0) + bytes);
    this.#dropIfSlow();
  }

  /** Sends that a partition moves or is being restored: its changes wait. */
  unavailable(partition: number): void {
    this.#send('unavailable', `{"partition":${partition}}`);
  }

  #send(type: string, data: string, positioned = false): void {
    if (this.#end.signal.aborted) return;
    const id = positioned ? `id: ${encodePositions(this.#positions)}\n` : '';
    this.#response.write(`event: ${type}\n${id}data: ${data}\n\n`);
    this.#dropIfSlow();
  }

  #dropIfSlow(): void {
    let unread = this.#response.writableLength;
    for (const bytes of this.#waiting.values()) unread += bytes;
    if (unread > this.#limits.buffered) this.#drop();
  }

  #drop(): void {
    this.close();
    this.#response.destroy();
  }

  #beat(): void {
    this.#cancelHeartbeat = this.#clock.after(heartbeat, () => {
      if (this.#response.writableNeedDrain) return this.#drop();
      this.#response.write(':\n\n');
      this.#beat();
    });
  }

  /** Resolves when the subscriber has read what was sent, or is dropped. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#response.off('drain', end);
        this.#end.signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.#clock.after(this.#limits.milliseconds, () => this.#drop());
      this.#response.once('drain', end);
      this.#end.signal.addEventListener('abort', end, { once: true });
    });
  }
}
