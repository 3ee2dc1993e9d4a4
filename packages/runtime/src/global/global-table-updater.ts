import {
  type ByteStore,
  type Bytes,
  type Clock,
  type Consumer,
  type ConsumerOptions,
  decodePosition,
  type Position,
  partitionId,
  positionKey,
  positionWrite,
  rangeOf,
  retryPending,
  type StoredPosition,
  type Telemetry,
  type TopicDescription,
  type TopicPartition,
  type Transport,
} from '@kstreams/core/graph';
import { causeToDrop, type DropCause } from '../task/stores/stored-position.js';
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
  /** Called for records that the log deleted before they were read; throws to end the application. */
  readonly removed: NonNullable<ConsumerOptions['removed']>;
  /** Receives the local rows of a partition that are read again from the start. */
  readonly dropped: (rows: DroppedRows) => void;
}

/** Local rows at the offset `at` that cannot be kept, of a topic that ends at `to`. */
export interface DroppedRows {
  readonly store: string;
  readonly partition: number;
  readonly cause: DropCause;
  readonly at: number;
  readonly to: number;
}

/** A partition of a global table's topic, and the stored position of its rows. */
interface StoredPartition extends TopicPartition {
  /** The offset of the first record of the partition. */
  readonly first: number;
  /** The offset after its last record. */
  readonly end: number;
  /** Undefined when it has no rows. */
  readonly at: StoredPosition | undefined;
  /** The reason why the rows cannot be kept. */
  readonly cause: DropCause | undefined;
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
    const { clientId, removed, tables, telemetry, topics, transport } = options;
    const partitions = tables.topics.flatMap((topic) =>
      Array.from({ length: topics.get(topic)?.partitions ?? 0 }, (_, partition) => ({ topic, partition })),
    );
    const consumer = await transport.consumer({ clientId, telemetry, removed });
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
    const ends = await this.#consumer.offsets(partitions, 'latest');
    const stored = await this.#stored(partitions, ends);
    const positions: Position[] = [];
    const { removed, tables } = this.#options;
    for (const topic of tables.topics) {
      const mine = stored.filter((one) => one.topic === topic);
      const dropped = mine.some(({ cause }) => cause !== undefined) || mine.every(({ at }) => at === undefined);
      if (dropped) await this.#drop(topic, mine);
      for (const { at, first, partition } of mine) {
        const from = dropped ? first : (at?.offset ?? first);
        if (from < first) removed({ topic, partition, from, to: first });
        positions.push({ topic, partition, offset: Math.max(from, first) });
      }
    }
    this.#consumer.assign(positions);
    const behind = (one: TopicPartition, i: number) => (this.#consumer.position(one) ?? 0) < (ends[i] ?? 0);
    while (partitions.some(behind)) await this.#turn(100);
  }

  async #stored(partitions: readonly TopicPartition[], ends: readonly number[]): Promise<readonly StoredPartition[]> {
    const { bytes, clock, topics } = this.#options;
    const starts = await this.#consumer.offsets(partitions, 'earliest');
    await bytes.prefetchKeys?.(partitions.map((one) => this.#keyOf(one)));
    const stored: StoredPartition[] = [];
    for (const [i, one] of partitions.entries()) {
      const found = await retryPending(() => bytes.get(this.#keyOf(one)));
      const at = found && decodePosition(found);
      const end = ends[i] ?? 0;
      const cause = at && causeToDrop(at, topics.get(one.topic) ?? {}, end, clock.now());
      stored.push({ ...one, first: starts[i] ?? 0, end, at, cause });
    }
    return stored;
  }

  /**
   * Drops all rows of a table, since they are not kept by partition. The positions go first: rows without any are dropped at
   * the next start after a crash.
   */
  async #drop(topic: string, partitions: readonly StoredPartition[]): Promise<void> {
    const { bytes, dropped, tables } = this.#options;
    const store = this.#store(topic);
    await bytes.commit(partitions.map((one) => [this.#keyOf(one), undefined]));
    await bytes.clear(...rangeOf(tables.partitionOf(topic).prefix));
    for (const { at, cause, end, partition } of partitions) {
      if (at === undefined || cause === undefined) continue;
      dropped({ store, partition, cause, at: at.offset, to: end });
    }
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

  #keyOf({ partition, topic }: TopicPartition): Bytes {
    return positionKey(this.#store(topic), partition);
  }

  #store(topic: string): string {
    return this.#options.tables.partitionOf(topic).spec.name;
  }
}
