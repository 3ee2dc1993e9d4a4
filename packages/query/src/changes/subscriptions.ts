import type { ServerResponse } from 'node:http';
import type { Clock } from '@kstreams/core/graph';
import type { LocalStore } from '@kstreams/runtime';
import { Problem } from '../http/problem.js';
import type { Limits } from '../options.js';
import type { Forwarded, Peers } from '../routing/peers.js';
import { EventStream } from './event-stream.js';
import { decodePositions } from './positions.js';
import { StoreChanges } from './store-changes.js';
import { Subscription } from './subscription.js';

/** The open subscriptions of a process. */
export class Subscriptions {
  readonly #peers: Peers;
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #changes = new Map<LocalStore, StoreChanges>();
  readonly #streams = new Set<EventStream>();

  constructor(peers: Peers, limits: Limits, clock: Pick<Clock, 'after'>) {
    this.#peers = peers;
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Sends the changes of a store until the subscriber leaves. `after` is the id of the last event that it received.
   *
   * @throws Problem when there are too many subscriptions, or the id is malformed.
   */
  open(
    store: LocalStore,
    request: Omit<Forwarded, 'signal'>,
    after: string,
    response: ServerResponse,
    failed: (error: unknown) => void,
  ): void {
    const { subscriptions: most, history } = this.#limits;
    if (this.#streams.size >= most)
      throw new Problem('too-many-queries', `${most} subscriptions are open already: try again later`, {
        'retry-after': '1',
      });
    const stream = new EventStream(response, decodePositions(after), this.#limits, this.#clock);
    this.#streams.add(stream);
    stream.signal.addEventListener('abort', () => this.#streams.delete(stream), { once: true });
    const changes = this.#changes.get(store) ?? new StoreChanges(store, history);
    this.#changes.set(store, changes);
    stream.open(store.partitions);
    new Subscription({ store, changes, peers: this.#peers, request, stream, clock: this.#clock, failed }).begin();
  }

  /** Ends the feeds of partitions that have left this process. */
  moved(): void {
    for (const changes of this.#changes.values()) changes.moved();
  }

  /** Ends all subscriptions. */
  close(): void {
    for (const stream of [...this.#streams]) stream.close();
    for (const changes of this.#changes.values()) changes.close();
  }
}
