/** Applications that share two counts, in one process, with the tasks that each of them holds. */
import { createTopics } from '@kstreams/test-support/text-records';
import { type App, json, memory, start, streams, string, type Transport, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';

interface Order {
  readonly customer: string;
  readonly product: string;
}

/** The partitions of the source, and the tasks of each of the three sub-topologies. */
const partitions = 4;
/** The sub-topologies with a store. */
const stateful = [1, 2];

/** The settings of members: those of their consumers, in place of short timeouts, and the guarantee. */
export interface MemberSettings {
  readonly consumer?: Readonly<Record<string, string | number>>;
  readonly guarantee?: 'at-least-once' | 'exactly-once';
}

/** A group of applications on a cluster, and their tasks. */
export class PlacedApps {
  readonly #brokers: string;
  readonly #name: string;
  readonly #settings: MemberSettings;
  readonly #apps = new Map<string, App>();
  readonly #logs = new Map<string, Transport>();
  readonly #waiting = new Set<() => void>();

  constructor(brokers: string, name: string, settings: MemberSettings = {}) {
    this.#brokers = brokers;
    this.#name = `${name}-${process.pid}-${Date.now()}`;
    this.#settings = settings;
  }

  /** The number of members. */
  get size(): number {
    return this.#apps.size;
  }

  /** Creates the source topic. */
  async prepare(): Promise<void> {
    const log = this.#log();
    await createTopics(log, [`orders-${this.#name}`], partitions);
    await log.close();
  }

  /** Starts a member. */
  async join(id: string, instanceId?: string): Promise<void> {
    const app = streams(this.#name);
    const orders = app.stream(topic(`orders-${this.#name}`, { key: string, value: json<Order>() }));
    orders.groupBy(({ customer }) => customer, { key: string }).count({ name: 'customers' });
    orders.groupBy(({ product }) => product, { key: string }).count({ name: 'products' });
    const transport = this.#log();
    const started = await start(app, {
      transport,
      state: memory(),
      guarantee: this.#settings.guarantee ?? 'at-least-once',
      ...(instanceId === undefined ? {} : { instanceId }),
    });
    this.#apps.set(id, started);
    this.#logs.set(id, transport);
    started.metadata.instances$.subscribe(() => {
      for (const check of this.#waiting) check();
    });
  }

  /** Closes a member. */
  async leave(id: string): Promise<void> {
    const app = this.#apps.get(id);
    this.#apps.delete(id);
    await app?.close();
    await this.#logs.get(id)?.close();
    this.#logs.delete(id);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#apps.keys()].map((id) => this.leave(id)));
  }

  /** Returns the running tasks of each member, such as `1_0`. */
  tasks(): readonly (readonly string[])[] {
    return [...this.#apps.values()].map((app) =>
      app.metadata.instances().flatMap(({ local, tasks }) => (local ? tasks.map(({ id }) => id) : [])),
    );
  }

  /** Resolves when the members run all tasks, with totals of stateful tasks that differ by at most one. */
  async settled(): Promise<void> {
    const isSettled = (): boolean => {
      const all = this.tasks();
      return all.flat().length === 3 * partitions && this.unevenInTotal() <= 1;
    };
    if (isSettled()) return;
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (!isSettled()) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
    });
  }

  /** The difference between two members in their stateful tasks. */
  unevenInTotal(): number {
    return this.#difference((id) => stateful.includes(Number(id.slice(0, 1))));
  }

  /** The largest difference between two members in the tasks of one stateful sub-topology. */
  uneven(): number {
    return Math.max(...stateful.map((one) => this.#difference((id) => id.startsWith(`${one}_`))));
  }

  #difference(counts: (id: string) => boolean): number {
    const sizes = this.tasks().map((ids) => ids.filter(counts).length);
    return Math.max(...sizes) - Math.min(...sizes);
  }

  #log(): Transport {
    // Members learn of a rebalance with their next heartbeat.
    const prompt = { 'heartbeat.interval.ms': 100, 'session.timeout.ms': 6_000 };
    return kafka({ brokers: this.#brokers, consumer: this.#settings.consumer ?? prompt });
  }
}
