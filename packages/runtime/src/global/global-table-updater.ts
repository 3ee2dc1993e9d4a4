import {
  type ByteStore,
  type Clock,
  type Consumer,
  type Position,
  partitionId,
  retryPending,
  type Telemetry,
  type TopicDescription,
  type TopicPartition,
  type Transport,
} from '@kstreams/core/graph';
import { positionKey, rangeOf } from '../task/stores/row-keys.js';
import { causeToDrop, decodePosition, positionWrite } from '../task/stores/stored-position.js';
import type { GlobalTables } from './global-tables.js';

/** Options of the updater of global tables. */
export interface GlobalTableUpdaterOptions {
  readonly transport: Transport;
  readonly clientId: string;
  readonly tables: GlobalTables;
  readonly topics: ReadonlyMap<string, Pick<TopicDescription, 'id' | 'partitions' | 'deletesKept'>>;
  readonly bytes: ByteStore;
  readonly clock: Pick<Clock, 'now'>;
  /** Passed to the consumer. */
  readonly telemetry?: Telemetry | undefined;
}

/** The most records of one poll; each batch is written before the next poll. */
const pollLength = 2_000;

/**
 * Keeps the global tables of a process up to date. Reads their topics from the stored positions, outside any group, and
 * writes rows and positions in one batch.
 */
export class GlobalTableUpdater {
  readonly #options: GlobalTableUpdaterOptions;
  readonly #consumer: Consumer;
  readonly #partitions: TopicPartition[];
  #stopped = false;

  private constructor(options: GlobalTableUpdaterOptions, consumer: Consumer, partitions: TopicPartition[]) {
    this.#options = options;
    this.#consumer = consumer;
    this.#partitions = partitions;
  }

  /** Opens an updater whose tables are complete up to the current end of their topics. */
  static async open(options: GlobalTableUpdaterOptions): Promise<GlobalTableUpdater> {
    const { clientId, tables, telemetry, topics, transport } = options;
    const partitions = tables.topics.flatMap((topic) =>
      Array.from({ length: topics.get(topic)?.partitions ?? 0 }, (_, partition) => ({ topic, partition })),
    );
    const consumer = await transport.consumer({ clientId, telemetry });
    const updater = new GlobalTableUpdater(options, consumer, partitions);
    try {
      await updater.#catchUp();
      return updater;
    } catch (thrown) {
      await consumer.close();
      throw thrown;
    }
  }

  /** Reads until `stop` is called; rejects with the first failure. */
  async run(): Promise<void> {
    try {
      while (!this.#stopped) await this.#turn(1_000);
    } finally {
      await this.#consumer.close();
    }
  }

  /** Reads the partitions that a topic got, to this number in all, from their beginning. */
  grow(topic: string, partitions: number): void {
    const known = this.#partitions.filter((one) => one.topic === topic).length;
    if (known === 0) return;
    const added = Array.from({ length: partitions - known }, (_, i) => ({ topic, partition: known + i, offset: 0 }));
    this.#partitions.push(...added.map(({ partition }) => ({ topic, partition })));
    this.#consumer.assign(added);
  }

  stop(): void {
    this.#stopped = true;
    this.#consumer.wake();
  }

  async #catchUp(): Promise<void> {
    const partitions = this.#partitions;
    const { bytes, clock, tables, topics } = this.#options;
    const starts = await this.#consumer.offsets(partitions, 'earliest');
    const ends = await this.#consumer.offsets(partitions, 'latest');
    const keyOf = ({ partition, topic }: TopicPartition) => positionKey(this.#store(topic), partition);
    await bytes.prefetchKeys?.(partitions.map(keyOf));
    const positions: Position[] = [];
    for (const topic of tables.topics) {
      const mine = [];
      for (const [i, one] of partitions.entries()) {
        if (one.topic !== topic) continue;
        const stored = await retryPending(() => bytes.get(keyOf(one)));
        const at = stored && decodePosition(stored);
        const cause = at && causeToDrop(at, topics.get(topic) ?? {}, ends[i] ?? 0, clock.now());
        const first = starts[i] ?? 0;
        const offset = Math.max(at?.offset ?? first, first);
        mine.push({ ...one, first, offset, fits: at !== undefined && cause === undefined });
      }
      const fit = mine.every(({ fits }) => fits);
      if (!fit) await bytes.clear(...rangeOf(tables.partitionOf(topic).prefix));
      for (const { partition, first, offset } of mine)
        positions.push({ topic, partition, offset: fit ? offset : first });
    }
    this.#consumer.assign(positions);
    const behind = (one: TopicPartition, i: number) => (this.#consumer.position(one) ?? 0) < (ends[i] ?? 0);
    while (partitions.some(behind)) await this.#turn(100);
  }

  async #turn(wait: number): Promise<void> {
    const { bytes, clock, tables, topics } = this.#options;
    const records = await this.#consumer.poll(pollLength, wait);
    if (records.length === 0) return;
    for (const record of records) await retryPending(() => tables.apply(record));
    const touched = new Map(records.map((record) => [partitionId(record), record]));
    const positions = [...touched.values()].map(({ topic, partition, offset }) =>
      positionWrite(this.#store(topic), partition, {
        offset: offset + 1,
        topicId: topics.get(topic)?.id,
        time: clock.now(),
        marked: false,
      }),
    );
    const rows = await retryPending(() => tables.flush());
    await bytes.commit([...rows, ...positions]);
    tables.stores.markCommitted();
  }

  #store(topic: string): string {
    return this.#options.tables.partitionOf(topic).spec.name;
  }
}
