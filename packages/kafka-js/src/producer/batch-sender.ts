import type { Cancel, Clock } from '@kstreams/core/graph';
import { isRetriable } from '@kstreams/kafka-common';
import { call } from '../client/call.js';
import type { Cluster } from '../client/cluster.js';
import { failureCodes, RequestError, requestErrorOf } from '../client/failures.js';
import type { Compression } from '../client/settings.js';
import type { ProducerIdentity } from '../records/batch-builder.js';
import type { PartitionQueue } from './partition-queue.js';
import { type ProducedBatch, produceApi } from './produce-request.js';
import type { Transactions } from './transactions.js';

/** The time for which brokers wait for their replicas, in ms. */
const replicaTimeout = 20_000;
/** The pause before another attempt, in ms. */
const retryPause = 50;
/** The time for which a partition may be unknown before its records fail, in ms. */
const unknownTimeout = 1_000;
/** The most bytes of one request. */
const requestBytes = 8 * 1024 * 1024;

/** The codes after which a partition continues under another identity: brokers have lost the sequence of this one. */
const lostSequence: ReadonlySet<number> = new Set([failureCodes.oldSequence, failureCodes.unknownProducer]);

/** The refusal of a batch, with the numbers of its records that are refused; none when the broker names none. */
export class RefusedBatch extends RequestError {
  readonly records: ReadonlySet<number>;

  constructor(code: number, message: string | null | undefined, records: ReadonlySet<number>) {
    super(code, message ?? undefined);
    this.records = records;
  }
}

/** The settings of a sender. Times in ms. */
export interface SenderOptions {
  readonly linger: number;
  readonly compression: Compression;
  readonly deliveryTimeout: number;
}

/** The producer of a sender. */
export interface SenderListener {
  /** Receives an acknowledged batch, still the first of its queue. */
  readonly acknowledged: (queue: PartitionQueue, firstOffset: bigint) => void;
  /** Receives a batch that cannot be written, still the first of its queue; `unknown` when brokers may have it. */
  readonly failed: (queue: PartitionQueue, error: RequestError, unknown: boolean) => void;
  /** Called after each response. */
  readonly settled: () => void;
  /** True while batches are sent at once. */
  readonly urgent: () => boolean;
  /** True while nothing is sent, until the transaction has been aborted. */
  readonly stopped: () => boolean;
  readonly identity: () => ProducerIdentity;
  /** Requests another identity. */
  readonly renew: () => Promise<ProducerIdentity>;
}

/** Sends the batches of partitions to their leaders, those of a broker in one request. */
export class BatchSender {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #options: SenderOptions;
  readonly #listener: SenderListener;
  readonly #transactional: { readonly id: string; readonly transactions: Transactions } | undefined;
  /** The queues with batches that are not in flight. */
  readonly #waiting = new Set<PartitionQueue>();
  readonly #refreshing = new Set<string>();
  #immediate = false;
  #cancelTimer: Cancel | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(
    cluster: Cluster,
    options: SenderOptions,
    listener: SenderListener,
    transactional?: { readonly id: string; readonly transactions: Transactions },
  ) {
    this.#cluster = cluster;
    this.#clock = cluster.clock;
    this.#options = options;
    this.#listener = listener;
    this.#transactional = transactional;
  }

  /** Sends the batches of a queue: soon when one is full, else after the linger time. */
  enqueue(queue: PartitionQueue, full: boolean): void {
    this.#waiting.add(queue);
    if (full || this.#options.linger === 0) this.dispatchSoon();
    else if (this.#timerDue === Number.POSITIVE_INFINITY) this.#dispatchAfter(this.#options.linger);
  }

  /** Sends at the next turn of the event loop, with everything that is added until then. */
  dispatchSoon(): void {
    if (this.#immediate || this.#closed) return;
    this.#immediate = true;
    setImmediate(() => {
      this.#immediate = false;
      this.dispatch();
    });
  }

  /** Sends the batches that are due. */
  dispatch(): void {
    if (this.#closed || this.#listener.stopped()) return;
    const now = this.#clock.monotonic();
    const byLeader = new Map<number, PartitionQueue[]>();
    let next = Number.POSITIVE_INFINITY;
    for (const queue of this.#waiting) {
      const { head } = queue;
      if (queue.inFlight || head === undefined) {
        this.#waiting.delete(queue);
        continue;
      }
      const lingers = head.sent || queue.full || this.#listener.urgent() ? now : head.since + this.#options.linger;
      const due = Math.max(lingers, head.notBefore);
      if (due > now) {
        next = Math.min(next, due);
        continue;
      }
      const leader = this.#cluster.leader(queue);
      if (leader === undefined) {
        this.#find(queue);
        continue;
      }
      queue.missingSince = undefined;
      const led = byLeader.get(leader.node);
      if (led === undefined) byLeader.set(leader.node, [queue]);
      else led.push(queue);
    }
    for (const [node, queues] of byLeader) {
      for (const group of inRequests(queues)) void this.#send(node, group);
    }
    if (next < Number.POSITIVE_INFINITY) this.#dispatchAfter(next - now);
  }

  /** Stops sending. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
  }

  #dispatchAfter(ms: number): void {
    const due = this.#clock.monotonic() + ms;
    if (due >= this.#timerDue || this.#closed) return;
    this.#cancelTimer?.();
    this.#timerDue = due;
    this.#cancelTimer = this.#clock.after(ms, () => {
      this.#timerDue = Number.POSITIVE_INFINITY;
      this.dispatch();
    });
  }

  async #send(node: number, queues: readonly PartitionQueue[]): Promise<void> {
    for (const queue of queues) {
      queue.inFlight = true;
      this.#waiting.delete(queue);
    }
    const again = new Set<PartitionQueue>();
    try {
      await this.#transactional?.transactions.add(queues);
      const connection = await this.#cluster.node(node, 'produce');
      const batches = queues.map((queue): ProducedBatch => {
        const { head, partition, topic } = queue;
        const identity = queue.identity ?? this.#listener.identity();
        const bytes = head?.bytes(identity, queue.sequence, this.#options.compression) ?? Buffer.alloc(0);
        return { topic, partition, bytes };
      });
      const sentBefore = queues.map(({ head }) => head?.sent === true);
      for (const { head } of queues) if (head !== undefined) head.sent = true;
      const response = await call(connection, produceApi, this.#transactional?.id ?? null, replicaTimeout, batches);
      for (const { name, partitionResponses } of response.responses) {
        for (const { baseOffset: firstOffset, errorCode, errorMessage, index, recordErrors } of partitionResponses) {
          const at = queues.findIndex(({ partition, topic }) => topic === name && partition === index);
          const queue = queues[at];
          if (queue === undefined) continue;
          if (errorCode === 0 || errorCode === failureCodes.duplicateSequence) {
            this.#listener.acknowledged(queue, firstOffset);
          } else {
            const named = new Set(recordErrors.map(({ batchIndex }) => batchIndex));
            const error = new RefusedBatch(errorCode, recordErrors[0]?.batchIndexErrorMessage ?? errorMessage, named);
            await this.#refused(queue, error, sentBefore[at] === true, again);
          }
        }
      }
    } catch (thrown) {
      const error = requestErrorOf(thrown);
      for (const queue of queues) await this.#refused(queue, error, queue.head?.sent === true, again);
    }
    for (const queue of queues) {
      queue.inFlight = false;
      if (queue.head !== undefined) this.#waiting.add(queue);
    }
    if (again.size > 0) await this.#refresh([...again].map(({ topic }) => topic));
    this.#listener.settled();
    this.dispatch();
  }

  /** Handles a batch that was not acknowledged; `unknown` when brokers may have it. */
  async #refused(
    queue: PartitionQueue,
    error: RequestError,
    unknown: boolean,
    again: Set<PartitionQueue>,
  ): Promise<void> {
    const { head } = queue;
    if (head === undefined) return;
    const now = this.#clock.monotonic();
    const late = now - head.since > this.#options.deliveryTimeout;
    if (isRetriable(error) && !late && !this.#listener.stopped()) {
      head.notBefore = now + retryPause;
      again.add(queue);
      return;
    }
    const lost = lostSequence.has(error.code) && this.#transactional === undefined;
    if (lost || (unknown && this.#transactional === undefined && isRetriable(error))) {
      const identity = await this.#listener.renew().catch(() => {
        // Without another identity brokers would refuse the next batch, so this one is tried again.
        return undefined;
      });
      if (identity === undefined) {
        head.notBefore = now + retryPause;
        again.add(queue);
        return;
      }
      queue.identity = identity;
      queue.sequence = 0;
      // A batch of which brokers have nothing is written again.
      if (lost && !unknown && !late) {
        head.sent = false;
        return;
      }
    }
    this.#listener.failed(queue, error, unknown && isRetriable(error));
  }

  /** Looks for the leader of a partition. The records of one that does not exist fail. */
  #find(queue: PartitionQueue): void {
    const { topic } = queue;
    queue.missingSince ??= this.#clock.monotonic();
    if (this.#refreshing.has(topic)) return;
    this.#refreshing.add(topic);
    void this.#refresh([topic]).then((code) => {
      this.#refreshing.delete(topic);
      const now = this.#clock.monotonic();
      for (const one of this.#waiting) {
        if (one.topic !== topic || this.#cluster.leader(one) !== undefined || one.head === undefined) continue;
        const known = this.#cluster.topic(topic);
        const leaderless = known !== undefined && one.partition < known.leaders.length;
        const since = leaderless || code === undefined ? one.head.since : (one.missingSince ?? now);
        const timeout = leaderless || code === undefined ? this.#options.deliveryTimeout : unknownTimeout;
        if (now - since <= timeout && code !== failureCodes.topicAuthorization) one.head.notBefore = now + retryPause;
        else this.#failAll(one, known === undefined ? (code ?? 0) : failureCodes.unknownPartition);
      }
      this.#listener.settled();
      this.dispatch();
    });
  }

  #failAll(queue: PartitionQueue, code: number): void {
    const unknownTopic = code === failureCodes.unknownTopic || code === 0;
    const error = unknownTopic
      ? new RequestError(failureCodes.missingTopic, 'the topic does not exist')
      : code === failureCodes.unknownPartition
        ? new RequestError(code, `the topic has no partition ${queue.partition}`)
        : new RequestError(code);
    while (queue.head !== undefined) this.#listener.failed(queue, error, false);
    queue.missingSince = undefined;
  }

  /** Requests topics; returns the error of the first, 0 without one, `undefined` when no broker responds. */
  async #refresh(topics: readonly string[]): Promise<number | undefined> {
    try {
      const found = await this.#cluster.refresh([...new Set(topics)]);
      return found[0]?.error ?? 0;
    } catch {
      // The batches are tried again, until their time is over.
      return undefined;
    }
  }
}

/** Returns queues in groups, the batches of each of which fit into one request. */
const inRequests = (queues: readonly PartitionQueue[]): readonly (readonly PartitionQueue[])[] => {
  const groups: PartitionQueue[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const queue of queues) {
    const size = queue.head?.size ?? 0;
    if (bytes + size > requestBytes) {
      groups.push([]);
      bytes = 0;
    }
    bytes += size;
    groups.at(-1)?.push(queue);
  }
  return groups;
};
