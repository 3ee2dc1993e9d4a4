import {
  type Clock,
  type Consumer,
  fromUtf8,
  metadataTopic,
  type Producer,
  type Received,
  type Transport,
  toUtf8,
} from '@kstreams/core/graph';
import { decodeInstanceRow, encodeInstanceRow, type HeldTasks, type InstanceRow } from './instance-row.js';
import { Instances, type TaskHolder } from './instances.js';

/** Options of a metadata exchange. */
export interface MetadataExchangeOptions {
  readonly transport: Transport;
  readonly application: string;
  readonly clock: Clock;
  /** The unique id of this process. */
  readonly id: string;
  readonly endpoint: string;
  /** Returns the current tasks of this process. */
  readonly held: () => HeldTasks;
  /** Called when the tasks of other processes changed. */
  readonly changed: () => void;
}

/** The longest wait of a poll, in ms. After an empty poll the row of this process is checked again. */
const longestPoll = 1_000;
/** The shortest time between two rows of a process, in ms. */
const shortestPause = 100;
/** The time between two rows per process of the application, in ms: together they write at most 500 rows a second. */
const pausePerProcess = 2;
/** The longest time between two rows of a process while it opens tasks, in ms. It doubles from row to row. */
const longestPause = 3_200;
/** Maximum number of records of one poll. */
const pollLength = 1_000;

/**
 * Exchanges the tasks of all processes through a compacted topic with one row per process. A process writes its row when its
 * tasks change, at most once per 100 ms, and less often in an application of more than 50 processes: what each process reads
 * per second has a limit. While it opens many tasks, the time between its rows doubles: their number grows with the logarithm
 * of the tasks. Without tasks it has no row. A process that takes the last task of a crashed one deletes that row. A wrong
 * row, after a failed or late write, is corrected after one second without records.
 *
 * The exchange has separate clients, so no record, commit or transaction of the workers waits for it.
 */
export class MetadataExchange {
  readonly #options: MetadataExchangeOptions;
  readonly #consumer: Consumer;
  readonly #producer: Producer;
  readonly #instances = new Instances();
  #moved = true;
  /** The monotonic time of the last row, in ms. */
  #lastRow = Number.NEGATIVE_INFINITY;
  /** The time between two rows while tasks open, in ms. */
  #pause = shortestPause;
  #stopped = false;

  private constructor(options: MetadataExchangeOptions, consumer: Consumer, producer: Producer) {
    this.#options = options;
    this.#consumer = consumer;
    this.#producer = producer;
  }

  /** Opens an exchange that has read all rows written before. */
  static async open(options: MetadataExchangeOptions): Promise<MetadataExchange> {
    const { application, transport } = options;
    const clientId = `${application}-metadata`;
    const consumer = await transport.consumer({ clientId });
    try {
      const exchange = new MetadataExchange(options, consumer, await transport.producer({ clientId }));
      await exchange.#catchUp();
      return exchange;
    } catch (thrown) {
      await consumer.close();
      throw thrown;
    }
  }

  /** The rows of the other processes, by their ids. */
  get others(): ReadonlyMap<string, InstanceRow> {
    const others = new Map(this.#instances.rows);
    others.delete(this.#options.id);
    return others;
  }

  /** Returns the process that holds a task, unless it is this one. */
  holderOf(task: string): TaskHolder | undefined {
    const holder = this.#instances.holderOf(task);
    return holder?.id === this.#options.id ? undefined : holder;
  }

  /** Publishes the tasks of this process soon, because they changed. */
  moved(): void {
    if (this.#stopped) return;
    this.#moved = true;
    this.#consumer.wake();
  }

  /** Runs until `stop` is called or a client fails; then deletes the row of this process. */
  async run(): Promise<void> {
    try {
      while (!this.#stopped) {
        const received = await this.#receive(this.#moved ? Math.min(this.#left, longestPoll) : longestPoll);
        if (this.#moved ? this.#left === 0 : !received && this.#producer.backlog === 0) this.#publish();
      }
    } finally {
      await this.#leave();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#consumer.wake();
  }

  /** The time until the next row may be written, in ms. */
  get #left(): number {
    const { clock, held } = this.#options;
    const pause = Math.max(shortestPause, pausePerProcess * this.#instances.size);
    const due = this.#lastRow + (held().opening.length > 0 ? Math.max(pause, this.#pause) : pause);
    return Math.max(0, due - clock.monotonic());
  }

  get #partition() {
    return { topic: metadataTopic(this.#options.application), partition: 0 } as const;
  }

  async #catchUp(): Promise<void> {
    const [start = 0] = await this.#consumer.offsets([this.#partition], 'earliest');
    const [end = 0] = await this.#consumer.offsets([this.#partition], 'latest');
    this.#consumer.assign([{ ...this.#partition, offset: start }]);
    while ((this.#consumer.position(this.#partition) ?? 0) < end) await this.#receive(100);
  }

  /** Applies the records of one poll of at most `wait` ms. Resolves to false when there were none. */
  async #receive(wait: number): Promise<boolean> {
    const records = await this.#consumer.poll(pollLength, wait);
    for (const record of records) this.#apply(record);
    if (records.length > 0) this.#options.changed();
    return records.length > 0;
  }

  #apply({ key, value }: Received): void {
    if (key === null) return;
    const id = fromUtf8(key);
    const emptied = this.#instances.apply(id, value === null ? undefined : decodeInstanceRow(value));
    if (id === this.#options.id && !this.#stopped) for (const gone of emptied) this.#write(gone, undefined);
  }

  /** Writes the row of this process, unless the log already has it. */
  #publish(): void {
    this.#moved = false;
    const { endpoint, held, id } = this.#options;
    const { opening, running } = held();
    const row = { endpoint, running, opening };
    const known = this.#instances.row(id);
    if (running.length + opening.length > 0) {
      if (known === undefined || !isSame(known, row)) this.#write(id, row);
    } else if (known !== undefined) this.#write(id, undefined);
  }

  #write(id: string, row: InstanceRow | undefined): void {
    this.#lastRow = this.#options.clock.monotonic();
    const opens = row !== undefined && row.opening.length > 0;
    this.#pause = opens ? Math.min(2 * this.#pause, longestPause) : shortestPause;
    this.#producer.send({
      ...this.#partition,
      key: toUtf8(id),
      value: row === undefined ? null : encodeInstanceRow(row),
      timestamp: this.#options.clock.now(),
      headers: [],
    });
  }

  /** Deletes the row of this process. If the delete is lost, the process is listed until others have its tasks. */
  async #leave(): Promise<void> {
    this.#write(this.#options.id, undefined);
    // Other processes delete a row that stays.
    await this.#producer.flush().catch(() => {});
    await Promise.all([this.#consumer.close(), this.#producer.close()]);
  }
}

/** Encoded rows name their tasks in order. */
const isSame = (a: InstanceRow, b: InstanceRow): boolean =>
  fromUtf8(encodeInstanceRow(a)) === fromUtf8(encodeInstanceRow(b));
