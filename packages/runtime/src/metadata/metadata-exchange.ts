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
import { Instances } from './instances.js';

/** What an exchange is opened with. */
export interface MetadataExchangeOptions {
  readonly transport: Transport;
  readonly application: string;
  readonly clock: Clock;
  /** The id of this process, which no other has, and how it is reached. */
  readonly id: string;
  readonly endpoint: string;
  /** The tasks of this process as they are now. */
  readonly held: () => HeldTasks;
  /** The others hold other tasks than before. */
  readonly changed: () => void;
}

/** How long a poll waits, in ms: after such a silence what the log says of this process is looked at again. */
const quiet = 1_000;
const pollLength = 1_000;

/**
 * Tells the other processes which tasks this one holds, and hears it of them, through a compacted topic with a row for
 * each process. It writes when tasks come and go, and no more: a process without tasks has no row, and who takes the last
 * task of one that is gone deletes its row. Should what the log says of this process be wrong, since a write failed or one
 * of somebody who had lost its tasks came late, it is said again after a second of silence.
 *
 * It has clients of its own: no record, commit or transaction of the workers waits for it.
 */
export class MetadataExchange {
  readonly #options: MetadataExchangeOptions;
  readonly #consumer: Consumer;
  readonly #producer: Producer;
  readonly #instances = new Instances();
  #moved = true;
  #stopped = false;

  private constructor(options: MetadataExchangeOptions, consumer: Consumer, producer: Producer) {
    this.#options = options;
    this.#consumer = consumer;
    this.#producer = producer;
  }

  /** Opens an exchange and hears all that was said before. */
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

  /** What the other processes hold, by their ids. */
  get others(): ReadonlyMap<string, InstanceRow> {
    const others = new Map(this.#instances.rows);
    others.delete(this.#options.id);
    return others;
  }

  /** This process holds other tasks than before. */
  moved(): void {
    if (this.#stopped) return;
    this.#moved = true;
    this.#consumer.wake();
  }

  /** Goes on until `stop` is called or something fails; then takes its leave. */
  async run(): Promise<void> {
    try {
      while (!this.#stopped) {
        const heard = await this.#hear(quiet);
        if (this.#moved || (!heard && this.#producer.backlog === 0)) this.#tell();
      }
    } finally {
      await this.#leave();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#consumer.wake();
  }

  get #partition() {
    return { topic: metadataTopic(this.#options.application), partition: 0 } as const;
  }

  async #catchUp(): Promise<void> {
    const [start = 0] = await this.#consumer.offsets([this.#partition], 'earliest');
    const [end = 0] = await this.#consumer.offsets([this.#partition], 'latest');
    this.#consumer.assign([{ ...this.#partition, offset: start }]);
    while ((this.#consumer.position(this.#partition) ?? 0) < end) await this.#hear(100);
  }

  /** Takes in what comes within so many ms; answers false if that is nothing. */
  async #hear(wait: number): Promise<boolean> {
    const records = await this.#consumer.poll(pollLength, wait);
    for (const record of records) this.#take(record);
    if (records.length > 0) this.#options.changed();
    return records.length > 0;
  }

  #take({ key, value }: Received): void {
    if (key === null) return;
    const id = fromUtf8(key);
    const bereft = this.#instances.take(id, value === null ? undefined : decodeInstanceRow(value));
    if (id === this.#options.id && !this.#stopped) for (const gone of bereft) this.#write(gone, undefined);
  }

  /** Writes the row of this process, unless the log has it so. */
  #tell(): void {
    this.#moved = false;
    const { endpoint, held, id } = this.#options;
    const { opening, running } = held();
    const row = { endpoint, running: [...running].sort(), opening: [...opening].sort() };
    const known = this.#instances.rows.get(id);
    if (running.length + opening.length > 0) {
      if (known === undefined || !isSame(known, row)) this.#write(id, row);
    } else if (known !== undefined) this.#write(id, undefined);
  }

  #write(id: string, row: InstanceRow | undefined): void {
    this.#producer.send({
      ...this.#partition,
      key: toUtf8(id),
      value: row === undefined ? null : encodeInstanceRow(row),
      timestamp: this.#options.clock.now(),
      headers: [],
    });
  }

  /** A farewell that does not arrive is as if there was none: this process is named until others have its tasks. */
  async #leave(): Promise<void> {
    this.#write(this.#options.id, undefined);
    await this.#producer.flush().catch(() => {});
    await Promise.all([this.#consumer.close(), this.#producer.close()]);
  }
}

const isSame = (a: InstanceRow, b: InstanceRow): boolean =>
  fromUtf8(encodeInstanceRow(a)) === fromUtf8(encodeInstanceRow(b));
