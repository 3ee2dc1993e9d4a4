import type { ServerResponse } from 'node:http';
import type { Cancel } from '@kstreams/core/graph';
import type { EventConnection, SentEvent } from '../changes/event-connection.js';

/** The connection to a subscriber over HTTP: server-sent events. */
export class SseConnection implements EventConnection {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    // An error of the connection is followed by its close.
    response.on('error', () => {});
  }

  get unread(): number {
    return this.#response.writableLength;
  }

  get full(): boolean {
    return this.#response.writableNeedDrain;
  }

  onceLeft(listener: () => void): void {
    this.#response.once('close', listener);
  }

  open(): void {
    this.#response.writeHead(200, {
      'cache-control': 'no-store',
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    this.#response.write('retry: 1000\n\n');
  }

  send({ id, partition, partitions, position, rows, type }: SentEvent): void {
    const members = [
      ...(partitions === undefined ? [] : [`"partitions":${partitions}`]),
      ...(partition === undefined ? [] : [`"partition":${partition}`]),
      ...(position === undefined ? [] : [`"position":"${position}"`]),
      ...(rows === undefined ? [] : [`"rows":[${rows}]`]),
    ];
    const positions = id === undefined ? '' : `id: ${id}\n`;
    this.#response.write(`event: ${type}\n${positions}data: {${members.join(',')}}\n\n`);
  }

  beat(): void {
    this.#response.write(':\n\n');
  }

  onceDrained(listener: () => void): Cancel {
    this.#response.once('drain', listener);
    return () => void this.#response.off('drain', listener);
  }

  end(): void {
    this.#response.end();
  }

  drop(): void {
    this.#response.destroy();
  }
}
