import type { Clock } from '@kstreams/core/graph';
import type { LocalStore } from '@kstreams/runtime';
import type { Limits } from '../options.js';
import type { Forwarded } from '../routing/peer-client.js';
import type { Peers } from '../routing/peers.js';
import { Problem } from '../service/problem.js';
import type { QueryMetrics } from '../service/query-metrics.js';
import type { EventConnection } from './event-connection.js';
import { EventStream } from './event-stream.js';
import { decodePositions } from './positions.js';
import { StoreChanges } from './store-changes.js';
import { Subscription } from './subscription.js';

/** The open subscriptions of a process. */
export class Subscriptions {
  readonly #peers: Peers;
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #metrics: QueryMetrics | undefined;
  readonly #changes = new Map<LocalStore, StoreChanges>();
  readonly #streams = new Set<EventStream>();

  constructor(peers: Peers, limits: Limits, clock: Pick<Clock, 'after'>, metrics: QueryMetrics | undefined) {
    this.#peers = peers;
    this.#limits = limits;
    this.#clock = clock;
    this.#metrics = metrics;
    metrics?.subscribers(() => this.#streams.size);
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
    connect: () => EventConnection,
    failed: (error: unknown) => void,
  ): void {
    const { subscriptions: most, history } = this.#limits;
    if (this.#streams.size >= most)
      throw new Problem('too-many-queries', `${most} subscriptions are open already: try again later`, {
        'retry-after': '1',
      });
    const positions = decodePositions(after);
    const stream = new EventStream(connect(), positions, this.#limits, this.#clock, () => this.#metrics?.dropped());
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
