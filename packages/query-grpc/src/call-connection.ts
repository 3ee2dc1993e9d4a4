import { type ServerWritableStream, status } from '@grpc/grpc-js';
import type { Cancel } from '@kstreams/core/graph';
import type { EventConnection, QueryRequest, SentEvent } from '@kstreams/query/service';

/** The number of unread bytes at which a subscriber should read before more is sent. */
const highWaterMark = 65_536;

/** An event that waits to be sent, with its approximate size. */
interface Queued {
  readonly event: SentEvent;
  readonly bytes: number;
}

/**
 * The connection to a subscriber over gRPC. One message is under way, and the others wait here, so that those of a subscriber
 * that is dropped are freed at once. Pings of the connection find subscribers that are gone.
 */
export class CallConnection implements EventConnection {
  readonly onceLeft: QueryRequest['onceLeft'];
  readonly #call: ServerWritableStream<unknown, unknown>;
  readonly #message: (event: SentEvent) => object;
  readonly #drained = new Set<() => void>();
  #queue: Queued[] = [];
  #unread = 0;
  #sending = false;
  #ending = false;

  /** `message` returns the message of an event. */
  constructor(
    call: ServerWritableStream<unknown, unknown>,
    onceLeft: QueryRequest['onceLeft'],
    message: (event: SentEvent) => object,
  ) {
    this.#call = call;
    this.onceLeft = onceLeft;
    this.#message = message;
  }

  get unread(): number {
    return this.#unread;
  }

  get full(): boolean {
    return this.#unread > highWaterMark;
  }

  open(): void {}

  send(event: SentEvent): void {
    const bytes = (event.rows?.length ?? 0) + (event.id?.length ?? 0) + 16;
    this.#unread += bytes;
    this.#queue.push({ event, bytes });
    if (!this.#sending) this.#sendNext();
  }

  /** Pings of the connection are its signs of life. */
  beat(): void {}

  onceDrained(listener: () => void): Cancel {
    this.#drained.add(listener);
    return () => void this.#drained.delete(listener);
  }

  end(): void {
    this.#ending = true;
    if (!this.#sending) this.#endWith(status.UNAVAILABLE, 'the subscription ended: continue after its last id');
  }

  drop(): void {
    this.#queue = [];
    this.#endWith(status.RESOURCE_EXHAUSTED, 'the subscriber did not read what was sent: continue after its last id');
  }

  #sendNext(): void {
    const next = this.#queue.shift();
    this.#sending = next !== undefined;
    if (next === undefined) {
      if (this.#ending) this.end();
      return;
    }
    this.#call.write(this.#message(next.event), () => {
      this.#unread -= next.bytes;
      if (!this.full) this.#drain();
      this.#sendNext();
    });
  }

  #drain(): void {
    const listeners = [...this.#drained];
    this.#drained.clear();
    for (const listener of listeners) listener();
  }

  /** Ends the call after the message that is under way. */
  #endWith(code: status, details: string): void {
    if (!this.#call.writableEnded) this.#call.emit('error', { code, details });
  }
}
