import type { Clock, Position, Received, TopicPartition } from '@kstreams/core/graph';
import { partitionId } from '@kstreams/core/graph';
import { type Assignment, codes, errorOf, type Refetching } from '@kstreams/kafka-common';
import { call } from '../client/call.js';
import type { Cluster } from '../client/cluster.js';
import { failureCodes, RequestError } from '../client/failures.js';
import { readBatches } from '../records/fetched-batches.js';
import { type FetchedPartition, type FetchTarget, fetchApi } from './fetch-request.js';
import { PartitionBuffer } from './partition-buffer.js';

/** The pause after a failed fetch, in ms. */
const errorPause = 100;
/** The pause after a fetch of a topic that does not exist, in ms. */
const unknownPause = 1_000;
/** The most bytes of fetched batches of all partitions. Beyond, only partitions without any are fetched. */
const mostBuffered = 64 * 1024 * 1024;

/** The bounds of the fetches of a consumer. */
export interface FetcherOptions {
  readonly fetchWait: number;
  readonly fetchBytes: number;
  readonly partitionBytes: number;
  /** True to leave out records of open and aborted transactions. */
  readonly committed: boolean;
}

/** Receives the events of a fetcher. */
export interface FetcherListener {
  /** Called when records have arrived or a position is out of range. */
  readonly fetched: () => void;
  /** Receives an error after which nothing more can be read. */
  readonly failed: (error: Error) => void;
}

/**
 * Fetches the records of the assigned partitions from their leaders, one request per broker at a time. A request runs while
 * the records of the one before are polled. The bytes in memory are bounded.
 */
export class Fetcher implements Assignment, Refetching {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #options: FetcherOptions;
  readonly #listener: FetcherListener;
  readonly #partitions = new Map<string, PartitionBuffer>();
  readonly #fetching = new Set<number>();
  /** The partition with which the next poll begins. */
  #first = 0;
  #refreshing = false;
  #cancelRetry: (() => void) | undefined;
  #closed = false;

  constructor(cluster: Cluster, options: FetcherOptions, listener: FetcherListener) {
    this.#cluster = cluster;
    this.#clock = cluster.clock;
    this.#options = options;
    this.#listener = listener;
  }

  /** Returns an assigned partition. */
  find(partition: TopicPartition): PartitionBuffer | undefined {
    return this.#partitions.get(partitionId(partition));
  }

  get outOfRange(): boolean {
    for (const one of this.#partitions.values()) if (one.outOfRange) return true;
    return false;
  }

  get fetchPositions(): readonly Position[] {
    return [...this.#partitions.values()].map(({ topic, partition, fetchPosition: offset }) => ({
      topic,
      partition,
      offset,
    }));
  }

  /** The number of fetched records that were not polled. */
  get buffered(): number {
    let sum = 0;
    for (const { buffered } of this.#partitions.values()) sum += buffered;
    return sum;
  }

  refetch(positions: readonly Position[]): void {
    for (const position of positions) this.find(position)?.refetch(position.offset);
    this.fetch();
  }

  add(positions: readonly Position[], paused: boolean): void {
    for (const one of positions) this.#partitions.set(partitionId(one), new PartitionBuffer(one, paused));
    this.fetch();
  }

  remove(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#partitions.delete(partitionId(one));
  }

  removeAll(): void {
    this.#partitions.clear();
  }

  /** Continues a partition from another offset. */
  seek(position: Position): void {
    this.find(position)?.seek(position.offset);
    this.fetch();
  }

  /** Returns at most `max` records of partitions that are not paused, an equal share of each where possible. */
  take(max: number): Received[] {
    const polled: Received[] = [];
    const ready = [...this.#partitions.values()].filter(({ buffered, paused }) => !paused && buffered > 0);
    if (ready.length > 0) {
      this.#first = (this.#first + 1) % ready.length;
      const share = Math.ceil(max / ready.length);
      const inTurn = [...ready.slice(this.#first), ...ready.slice(0, this.#first)];
      for (const one of inTurn) one.take(Math.min(share, max - polled.length), polled);
      for (const one of inTurn) one.take(max - polled.length, polled);
      this.fetch();
    }
    return polled;
  }

  /** Fetches the partitions with room for records from brokers without a request in flight. */
  fetch(): void {
    if (this.#closed) return;
    const now = this.#clock.monotonic();
    const targets = new Map<number, PartitionBuffer[]>();
    const full = this.#bytes() > mostBuffered;
    let wait = Number.POSITIVE_INFINITY;
    for (const one of this.#partitions.values()) {
      if (one.outOfRange || (one.bytes > 0 && (one.paused || full || one.bytes >= this.#options.partitionBytes)))
        continue;
      if (one.notBefore > now) {
        wait = Math.min(wait, one.notBefore - now);
        continue;
      }
      const leader = this.#cluster.leader(one);
      if (leader === undefined) {
        one.notBefore = now + errorPause;
        wait = Math.min(wait, errorPause);
        this.#refresh();
        continue;
      }
      if (this.#fetching.has(leader.node)) continue;
      const ofLeader = targets.get(leader.node);
      if (ofLeader === undefined) targets.set(leader.node, [one]);
      else ofLeader.push(one);
    }
    for (const [node, partitions] of targets) void this.#send(node, partitions);
    if (wait < Number.POSITIVE_INFINITY) this.#retry(wait);
  }

  /** Stops fetching. */
  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    this.#partitions.clear();
  }

  #bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#partitions.values()) sum += bytes;
    return sum;
  }

  async #send(node: number, partitions: readonly PartitionBuffer[]): Promise<void> {
    this.#fetching.add(node);
    const versions = partitions.map(({ version }) => version);
    const { committed, fetchBytes, fetchWait, partitionBytes } = this.#options;
    try {
      const targets = partitions.map((one): FetchTarget => {
        const { fetchPosition: offset, partition, topic } = one;
        return { topic, partition, offset, epoch: this.#cluster.leader(one)?.epoch ?? -1, bytes: partitionBytes };
      });
      const connection = await this.#cluster.node(node, 'fetch');
      const response = await call(connection, fetchApi, targets, { wait: fetchWait, bytes: fetchBytes, committed });
      if (response.error !== 0) throw new RequestError(response.error);
      const found = new Map(response.partitions.map((one) => [partitionId(one), one]));
      partitions.forEach((one, i) => {
        const fetched = found.get(partitionId(one));
        // The partition may have been removed, or continued elsewhere, meanwhile.
        if (fetched === undefined || this.find(one) !== one || one.version !== versions[i]) return;
        this.#receive(one, fetched);
      });
    } catch (thrown) {
      if (!(thrown instanceof RequestError)) this.#fail(thrown as Error);
      for (const one of partitions) this.#pause(one, errorPause);
      this.#refresh();
    } finally {
      this.#fetching.delete(node);
    }
    if (this.#closed) return;
    this.#listener.fetched();
    this.fetch();
  }

  #receive(one: PartitionBuffer, { aborted, error, highWatermark, lastStable, records }: FetchedPartition): void {
    const { committed } = this.#options;
    if (error === 0) {
      const end = Number(committed ? lastStable : highWatermark);
      one.receive(readBatches(records, committed ? aborted : [], one), end);
      return;
    }
    if (error === failureCodes.offsetOutOfRange) {
      one.outOfRange = true;
      return;
    }
    if (codes.authorization.includes(error)) {
      const { topic } = one;
      this.#fail(errorOf('reading failed', new RequestError(error), {}, false, `Read on topic "${topic}"`));
      return;
    }
    const unknown = error === failureCodes.unknownTopic || error === failureCodes.unknownTopicId;
    this.#pause(one, unknown ? unknownPause : errorPause);
    this.#refresh();
  }

  #fail(error: Error): void {
    if (!this.#closed) this.#listener.failed(error);
  }

  #pause(one: PartitionBuffer, ms: number): void {
    one.notBefore = this.#clock.monotonic() + ms;
  }

  #retry(ms: number): void {
    if (this.#cancelRetry !== undefined) return;
    this.#cancelRetry = this.#clock.after(ms, () => {
      this.#cancelRetry = undefined;
      this.fetch();
    });
  }

  /** Requests the leaders of the assigned partitions. */
  #refresh(): void {
    if (this.#refreshing || this.#closed || this.#partitions.size === 0) return;
    this.#refreshing = true;
    const waiting = [...this.#partitions.values()].filter((one) => this.#cluster.leader(one) === undefined);
    const topics = [...new Set([...this.#partitions.values()].map(({ topic }) => topic))];
    void this.#cluster
      .refresh(topics)
      .catch(() => {
        // Partitions without a leader are tried again.
      })
      .finally(() => {
        this.#refreshing = false;
        if (this.#closed) return;
        for (const one of waiting) if (this.#cluster.leader(one) !== undefined) one.notBefore = 0;
        this.fetch();
      });
  }
}
