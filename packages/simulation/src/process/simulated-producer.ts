import {
  type CommittedOffset,
  type Consumer,
  type Outgoing,
  type Producer,
  type ProducerOptions,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import type { ProcessActor } from './process-actor.js';
import type { SimulatedConsumer } from './simulated-consumer.js';

/**
 * A producer of a simulated process. Sent records stay in the process and reach the log in small batches, in order within a
 * partition. A killed process loses the rest.
 */
export class SimulatedProducer implements Producer {
  readonly #inner: Producer;
  readonly #process: ProcessActor;
  readonly #client: string;
  readonly #transactionalId: string | undefined;
  #queue: Outgoing[] = [];
  #delivering = false;
  #failure: Error | undefined;
  #offsets: CommittedOffset[] = [];

  constructor(inner: Producer, process: ProcessActor, { clientId, transactionalId }: ProducerOptions) {
    this.#inner = inner;
    this.#process = process;
    this.#client = clientId;
    this.#transactionalId = transactionalId;
  }

  get backlog(): number {
    return this.#queue.length + this.#inner.backlog;
  }

  send(record: Outgoing): void {
    this.#queue.push(record);
    this.#deliverSoon();
  }

  async drain(backlog: number): Promise<void> {
    while (this.#queue.length > backlog) await this.#process.turn('drain');
    await this.#inner.drain(backlog);
  }

  async flush(): Promise<void> {
    await this.#deliverAll();
    await this.#process.call('flush', () => this.#inner.flush());
    this.#throwFailure();
  }

  acknowledged(partition: TopicPartition): number | undefined {
    return this.#inner.acknowledged(partition);
  }

  begin(): void {
    this.#inner.begin();
    this.#offsets = [];
    this.#failure = undefined;
  }

  async sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void> {
    const { inner } = consumer as SimulatedConsumer;
    (consumer as SimulatedConsumer).checkOwned(offsets);
    await this.#process.call('offsets of a transaction', () => this.#inner.sendOffsets(offsets, inner), {
      kind: 'offsets',
      error: () => this.#refusal('offsets'),
    });
    this.#offsets.push(...offsets);
  }

  async commit(): Promise<void> {
    await this.#deliverAll();
    if (this.#failure !== undefined) throw this.#failure;
    await this.#maybeFence();
    await this.#process.call(
      'commit of a transaction',
      async () => {
        await this.#inner.commit();
        this.#process.surroundings.invariants.committed(
          { process: this.#process, client: this.#client },
          this.#offsets,
          true,
        );
      },
      { kind: 'transaction', error: () => this.#refusal('a transaction') },
    );
  }

  async abort(): Promise<void> {
    this.#queue = [];
    this.#offsets = [];
    await this.#process.call('abort of a transaction', () => this.#inner.abort());
    this.#failure = undefined;
  }

  /** Delivers or loses the remaining records. */
  async close(): Promise<void> {
    if (this.#transactionalId !== undefined || this.#process.surroundings.random.chance(0.5)) this.#queue = [];
    await this.#deliverAll();
    await this.#process.call('close of a producer', () => this.#inner.close());
  }

  /** Lets another producer take the transactional id, as a process thought dead may do. */
  async #maybeFence(): Promise<void> {
    const { faults, log } = this.#process.surroundings;
    const transactionalId = this.#transactionalId;
    if (transactionalId === undefined || !faults.draw('fence', 0.02)) return;
    this.#process.faulted = true;
    await log.producer({ clientId: 'another', transactionalId });
  }

  #refusal(what: string): TransportError {
    const passing = this.#process.surroundings.random.chance(0.6);
    return new TransportError(`the simulated log refused ${what}`, {}, undefined, passing);
  }

  async #deliverAll(): Promise<void> {
    while (this.#queue.length > 0) await this.#process.turn('waits for deliveries');
  }

  #deliverSoon(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    const { random, scheduler } = this.#process.surroundings;
    scheduler.after(this.#process, 'deliver', random.below(3), () => {
      this.#delivering = false;
      this.#deliver();
      if (this.#queue.length > 0) this.#deliverSoon();
    });
  }

  /** Delivers the oldest records of one partition, or loses them. */
  #deliver(): void {
    const { faults, random } = this.#process.surroundings;
    if (this.#queue.length === 0) return;
    const { topic, partition } = random.pick(this.#queue);
    let left = 1 + random.below(8);
    const chosen: Outgoing[] = [];
    this.#queue = this.#queue.filter((one) => {
      if (left === 0 || one.topic !== topic || one.partition !== partition) return true;
      left--;
      chosen.push(one);
      return false;
    });
    if (faults.draw('produce', 0.012)) {
      this.#process.faulted = true;
      this.#failure ??= this.#refusal('records');
      return;
    }
    this.#process.surroundings.invariants.delivered(this.#process, { topic, partition });
    for (const record of chosen) this.#inner.send(record);
  }

  #throwFailure(): void {
    const failure = this.#failure;
    if (this.#transactionalId === undefined) this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }
}
