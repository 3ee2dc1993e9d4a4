import type { Cancel } from '@kstreams/core/graph';

/** An event of a subscription. */
export interface SentEvent {
  readonly type: 'begin' | 'reset' | 'rows' | 'complete' | 'changes' | 'unavailable';
  /** The number of partitions, of `begin`. */
  readonly partitions?: number;
  readonly partition?: number;
  readonly position?: string;
  /** JSON texts of rows, separated by commas. */
  readonly rows?: string;
  /** The positions of all partitions, from which a subscription continues. */
  readonly id?: string;
}

/** The connection to a subscriber, of any protocol. */
export interface EventConnection {
  /** The number of bytes that the subscriber has not read. */
  readonly unread: number;
  /** True when the subscriber should read before more is sent. */
  readonly full: boolean;
  /** Calls a listener when the subscriber leaves. */
  onceLeft(listener: () => void): void;
  /** Sends the head of the response. */
  open(): void;
  send(event: SentEvent): void;
  /** Sends a sign of life. */
  beat(): void;
  /** Calls a listener once the subscriber has read what was sent. Returns its removal. */
  onceDrained(listener: () => void): Cancel;
  /** Ends the response after what was sent. */
  end(): void;
  /** Ends the response at once. */
  drop(): void;
}
