import type { Clock } from '@kstreams/core/graph';
import type { LocalStore } from '@kstreams/runtime';
import type { Forwarded, PeerEvent } from '../routing/peer-client.js';
import type { Peers } from '../routing/peers.js';
import { Problem } from '../service/problem.js';
import type { EventStream } from './event-stream.js';
import { encodePositions } from './positions.js';
import type { StoreChanges } from './store-changes.js';

/** The time between two attempts to find the holder of a partition, in ms. */
const pause = 200;

/** The parts of a subscription. */
export interface SubscriptionOptions {
  readonly store: LocalStore;
  readonly changes: StoreChanges;
  readonly peers: Peers;
  readonly request: Omit<Forwarded, 'signal'>;
  readonly stream: EventStream;
  readonly clock: Pick<Clock, 'after'>;
  /** Receives the error of changes that cannot be read. */
  readonly failed: (error: unknown) => void;
}

/**
 * Sends the changes of all partitions of a store to one subscriber, from this process and from those that hold the others. A
 * partition that moves is followed at its next holder, from the last position.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #idle: Set<number>;
  #scheduled = false;

  constructor(options: SubscriptionOptions) {
    const { request, store } = options;
    this.#options = options;
    this.#idle = new Set(request.partitions ?? Array.from({ length: store.partitions }, (_, partition) => partition));
  }

  /** Follows all partitions until the stream ends. */
  begin(): void {
    const { peers, request, store } = this.#options;
    const remote = new Map<string, number[]>();
    for (const partition of [...this.#idle]) {
      const endpoint = request.partitions === undefined ? peers.holderOf(store, partition) : 'local';
      if (endpoint === undefined) continue;
      this.#idle.delete(partition);
      if (endpoint === 'local') this.#follow([partition], () => this.#local(partition));
      else remote.set(endpoint, [...(remote.get(endpoint) ?? []), partition]);
    }
    for (const [endpoint, partitions] of remote) this.#follow(partitions, () => this.#remote(endpoint, partitions));
    if (this.#idle.size > 0) this.#again();
  }

  /** Looks for the holders of idle partitions after a pause. */
  #again(): void {
    if (this.#scheduled || this.#options.stream.signal.aborted) return;
    this.#scheduled = true;
    this.#options.clock.after(pause, () => {
      this.#scheduled = false;
      if (!this.#options.stream.signal.aborted) this.begin();
    });
  }

  /** Runs a feed of partitions; they are idle again after its end. */
  async #follow(partitions: readonly number[], feed: () => Promise<void>): Promise<void> {
    const { failed, request, stream } = this.#options;
    try {
      await feed();
    } catch (thrown) {
      if (!(thrown instanceof Problem) && !stream.signal.aborted) failed(thrown);
    }
    if (stream.signal.aborted) return;
    // Another process finds the new holder of its partitions.
    if (request.partitions !== undefined) return stream.close();
    for (const partition of partitions) {
      stream.unavailable(partition);
      this.#idle.add(partition);
    }
    this.#again();
  }

  #local(partition: number): Promise<void> {
    const { changes, stream } = this.#options;
    return changes.follow(partition, stream.positionOf(partition), stream, stream.signal);
  }

  async #remote(endpoint: string, partitions: readonly number[]): Promise<void> {
    const { peers, request, stream } = this.#options;
    const known = partitions.flatMap((partition): [number, string][] => {
      const position = stream.positionOf(partition);
      return position === undefined ? [] : [[partition, position]];
    });
    const after = encodePositions(new Map(known));
    const forwarded = { ...request, signal: stream.signal };
    for await (const event of peers.changes(endpoint, partitions, forwarded, after)) await this.#relay(event);
  }

  async #relay(event: PeerEvent): Promise<void> {
    const { stream } = this.#options;
    const { partition } = event;
    if (event.type === 'reset') stream.reset(partition);
    else if (event.type === 'rows') await stream.rows(partition, event.rows);
    else if (event.type === 'complete') stream.complete(partition, event.position);
    else stream.changes(partition, event.position, event.rows);
  }
}
