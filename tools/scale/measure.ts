import type { Consumer, TopicPartition } from '@kstreams/core/graph';
import { ModelGroup } from '@kstreams/test-support/model-group';
import { MetadataExchange } from '../../packages/runtime/src/metadata/metadata-exchange.js';
import { Placement } from '../../packages/runtime/src/worker/placement/placement.js';
import type { Assignment } from '../../packages/runtime/src/worker/topics/assignment.js';
import { applicationOf } from './application.js';
import { MetadataLog, type Traffic } from './metadata-log.js';
import { VirtualClock } from './virtual-clock.js';

/** The time until a member learns of a rebalance, in virtual ms: the heartbeat interval of the client. */
const heartbeat = 3_000;
/** The time until the group gives up a member that crashed, in virtual ms: the session timeout of the client. */
const session = 45_000;
/** The time in which a process opens one of its tasks, in virtual ms. What a restore takes comes on top. */
const opening = 20;

/** The size of an application. */
export interface Size {
  readonly processes: number;
  /** The number of stateful tasks. */
  readonly tasks: number;
}

/** The cost of an event: all messages and bytes of all processes together. */
export interface Cost {
  readonly event: 'all start' | 'one joins' | 'one crashes';
  readonly rebalances: number;
  /** The stateful tasks that opened. */
  readonly opened: number;
  /** The offsets that members committed and fetched for slots. */
  readonly slots: Traffic;
  readonly written: Traffic;
  readonly read: Traffic;
  /** The virtual time until all tasks run, in ms. */
  readonly running: number;
  /** The virtual time until every process can find all of them, in ms. */
  readonly known: number;
}

/** A process: the tasks that it holds, and its exchange. */
class Process {
  readonly id: string;
  readonly running = new Set<string>();
  readonly opening: string[] = [];
  exchange: MetadataExchange | undefined;

  constructor(id: string) {
    this.id = id;
  }
}

/** An application of many processes on a modelled cluster: its placement and its exchange are the real ones. */
export class ModelApplication {
  readonly #clock = new VirtualClock();
  readonly #log = new MetadataLog(this.#clock);
  readonly #assignment: Assignment;
  readonly #size: Size;
  readonly #processes = new Map<string, Process>();
  readonly #group: ModelGroup<Placement>;
  readonly #slots: Traffic = { records: 0, bytes: 0 };
  #opened = 0;

  constructor(size: Size) {
    this.#size = size;
    this.#assignment = applicationOf(size.tasks);
    const slots = this.#assignment.layout?.slots ?? 0;
    this.#group = new ModelGroup('scale-placement', slots, (id, offsets) => this.#member(id, this.#counted(offsets)));
  }

  /** Starts all processes at once, then one more, then lets one crash. */
  async run(): Promise<readonly Cost[]> {
    const { processes } = this.#size;
    const ids = Array.from({ length: processes }, (_, i) => idOf(i));
    return [
      await this.#measure('all start', heartbeat, () => this.#join(ids)),
      await this.#measure('one joins', heartbeat, () => this.#join([idOf(processes)])),
      await this.#measure('one crashes', session, () => this.#crash(idOf(0))),
    ];
  }

  async #measure(event: Cost['event'], notice: number, change: () => Promise<void>): Promise<Cost> {
    const began = this.#clock.monotonic();
    const before = { rebalances: this.#group.rebalances, opened: this.#opened };
    for (const traffic of [this.#slots, this.#log.written, this.#log.read])
      Object.assign(traffic, { records: 0, bytes: 0 });
    await this.#pause(notice);
    await change();
    await this.#pause((this.#group.rebalances - before.rebalances - 1) * heartbeat);
    for (const process of this.#processes.values()) this.#open(process);
    await this.#clock.until('all tasks run', () => this.#allRun(), 3_600_000);
    const running = this.#clock.monotonic() - began;
    await this.#clock.until('all processes know all tasks', this.#allKnow(), 3_600_000);
    return {
      event,
      rebalances: this.#group.rebalances - before.rebalances,
      opened: this.#opened - before.opened,
      slots: { ...this.#slots },
      written: { ...this.#log.written },
      read: { ...this.#log.read },
      running,
      known: this.#clock.monotonic() - began,
    };
  }

  async #join(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const process = new Process(id);
      this.#processes.set(id, process);
      const exchange = MetadataExchange.open({
        transport: this.#log.transport(),
        application: 'scale',
        clock: this.#clock,
        id,
        endpoint: `http://${id}.shop.example:8080`,
        held: () => ({ running: [...process.running], opening: process.opening }),
        changed: () => {},
      });
      exchange.then((one) => {
        process.exchange = one;
        // It ends with the program.
        void one.run();
      });
    }
    const opened = (): boolean => ids.every((id) => this.#processes.get(id)?.exchange !== undefined);
    await this.#clock.until('the exchanges have read the topic', opened, 3_600_000);
    await this.#group.join(...ids);
  }

  async #crash(id: string): Promise<void> {
    this.#processes.delete(id);
    await this.#group.crash(id);
  }

  #member(id: string, consumer: Pick<Consumer, 'committed' | 'commit'>) {
    const process = this.#processes.get(id) as Process;
    const placement = new Placement({ assignment: () => this.#assignment, consumer, owner: id });
    const tasksOf = (partitions: readonly TopicPartition[]): string[] =>
      partitions.map(({ partition, topic }) => `${this.#assignment.subtopologyOf(topic)?.id}_${partition}`);
    return {
      placement,
      take: async (partitions: readonly TopicPartition[]) => {
        const taken = tasksOf(await placement.take(partitions));
        if (taken.length === 0) return;
        process.opening.push(...taken);
        this.#opened += taken.length;
        process.exchange?.moved();
      },
      leave: async (partitions: readonly TopicPartition[]) => {
        const departure = await placement.leave(partitions);
        return {
          complete: async () => {
            await departure.complete();
            for (const task of tasksOf(departure.partitions)) process.running.delete(task);
            process.exchange?.moved();
          },
        };
      },
    };
  }

  /** Opens the tasks of a process one after the other. */
  #open(process: Process): void {
    if (process.opening.length === 0) return;
    this.#clock.after(opening, () => {
      process.running.add(process.opening.shift() as string);
      process.exchange?.moved();
      this.#open(process);
    });
  }

  #allRun(): boolean {
    for (const { opening: left } of this.#processes.values()) if (left.length > 0) return false;
    return true;
  }

  /** Returns a condition: every process finds the holder of each task. */
  #allKnow(): () => boolean {
    const holders: (readonly [task: string, holder: string])[] = [];
    for (const { id, running } of this.#processes.values()) for (const task of running) holders.push([task, id]);
    const unaware = new Set(this.#processes.values());
    const knowsAll = ({ exchange, id }: Process): boolean =>
      holders.every(([task, holder]) => {
        if (holder === id) return true;
        const known = exchange?.holderOf(task);
        return known?.id === holder && known.runs;
      });
    return () => {
      for (const process of unaware) {
        if (!knowsAll(process)) return false;
        unaware.delete(process);
      }
      return true;
    };
  }

  /** Counts the offsets of slots that go over the network. */
  #counted(offsets: Pick<Consumer, 'committed' | 'commit'>): Pick<Consumer, 'committed' | 'commit'> {
    const count = (metadata: readonly (string | undefined)[]): void => {
      this.#slots.records += metadata.length;
      // A partition, an offset, an epoch and the length of the metadata come beside it.
      for (const one of metadata) this.#slots.bytes += 18 + (one?.length ?? 0);
    };
    return {
      committed: async (partitions) => {
        const found = await offsets.committed(partitions);
        count(found.map((one) => one?.metadata));
        return found;
      },
      commit: async (given) => {
        count(given.map(({ metadata }) => metadata));
        await offsets.commit(given);
      },
    };
  }

  #pause(ms: number): Promise<void> {
    const end = this.#clock.monotonic() + Math.max(0, ms);
    this.#clock.after(Math.max(0, ms), () => {});
    return this.#clock.until('a pause', () => this.#clock.monotonic() >= end, ms + 1);
  }
}

/** Returns an id like those of processes, in random order. */
const idOf = (i: number): string => {
  const mixed = (Math.imul(i + 1, 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
  return `${mixed}-0000-4000-8000-${String(i).padStart(12, '0')}`;
};
