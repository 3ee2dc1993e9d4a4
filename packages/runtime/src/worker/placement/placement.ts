import type { Consumer, TopicPartition } from '@kstreams/core/graph';
import { type TaskPlace, taskIdOf } from '../../task/task-options.js';
import type { Assignment } from '../topics/assignment.js';
import { chooseKinds, type KindCounts } from './choose-tasks.js';
import type { SlotLayout } from './slot-layout.js';
import { decodeSlotRow, encodeSlotRow, type SlotRow } from './slot-row.js';

/** The number of slots up to which a worker reads those of all others before it gives some: it reads them all at each move. */
const readableSlots = 1_000;

/** The group of a worker and its name there. */
export interface PlacementOptions {
  /** Returns the current assignment; sources that grow change it. */
  readonly assignment: () => Assignment;
  readonly consumer: Pick<Consumer, 'committed' | 'commit'>;
  /** Unique among all workers of the application. */
  readonly owner: string;
}

/** The partitions that leave a worker. */
export interface Departure {
  readonly partitions: readonly TopicPartition[];
  /** Commits the tasks of the slots, so that the next owners open those that left; then forgets the slots. */
  readonly complete: () => Promise<void>;
}

/**
 * Places tasks on the slots of a worker. The group moves slots and keeps their number even, but ignores what they hold. So a
 * worker that loses slots chooses the tasks that go with them, such that every sub-topology stays evenly spread. The task of a
 * slot is the metadata of its committed offset, which the group accepts of current members only.
 */
export class Placement {
  readonly #options: PlacementOptions;
  /** The stateful task of each slot of this worker. */
  readonly #slots = new Map<number, TaskPlace | undefined>();
  /** The stateful tasks of this worker by id, in the order of their arrival. */
  readonly #tasks = new Map<string, TaskPlace>();

  constructor(options: PlacementOptions) {
    this.#options = options;
  }

  /** Takes assigned partitions. Resolves to the partitions that their tasks read. */
  async take(assigned: readonly TopicPartition[]): Promise<readonly TopicPartition[]> {
    const { layout } = this.#assignment;
    if (layout === undefined || assigned.length === 0) return this.#fixed(assigned);
    const rows = await this.#read(layout, assigned);
    const taken: TaskPlace[] = [];
    for (const [i, { partition }] of assigned.entries()) {
      const task = (rows[i] as SlotRow).task;
      this.#slots.set(partition, task);
      if (task !== undefined) taken.push(task);
    }
    for (const task of taken) this.#tasks.set(taskIdOf(task), task);
    const arranged = arrange([...this.#slots.keys()], [...this.#slots.values()]);
    await this.#write(layout, arranged);
    for (const [slot, task] of arranged) this.#slots.set(slot, task);
    return [...this.#fixed(assigned), ...this.#partitionsOf(taken)];
  }

  /** Chooses the tasks that leave with partitions. Nothing changes before the departure is complete. */
  async leave(revoked: readonly TopicPartition[]): Promise<Departure> {
    const { layout } = this.#assignment;
    const leaving = new Set(revoked.map(({ partition }) => partition));
    const kept = [...this.#slots.keys()].filter((slot) => !leaving.has(slot));
    if (layout === undefined || kept.length === 0) {
      return { partitions: this.#held(revoked), complete: async () => void this.lose(revoked) };
    }
    const given = await this.#choose(layout, kept.length);
    const stay = [...this.#slots.values()].filter((task) => task === undefined || !given.includes(task));
    const gone = [...given, ...Array<undefined>(leaving.size - given.length).fill(undefined)];
    while (stay.length > kept.length) stay.splice(stay.indexOf(undefined), 1);
    const arranged = new Map([...arrange([...leaving], gone), ...arrange(kept, stay)]);
    return {
      partitions: [...this.#fixed(revoked), ...this.#partitionsOf(given)],
      complete: async () => {
        await this.#write(layout, arranged);
        for (const [slot, task] of arranged) this.#slots.set(slot, task);
        this.lose(revoked);
      },
    };
  }

  /** Forgets partitions. Returns the partitions that their tasks read. */
  lose(lost: readonly TopicPartition[]): readonly TopicPartition[] {
    const partitions = this.#held(lost);
    if (this.#assignment.layout === undefined) return partitions;
    for (const { partition } of lost) {
      const task = this.#slots.get(partition);
      if (task !== undefined) this.#tasks.delete(taskIdOf(task));
      this.#slots.delete(partition);
    }
    return partitions;
  }

  /** The tasks that always go with the slots of this worker. Sources that grow add some. */
  get fixedTasks(): readonly TaskPlace[] {
    const { layout } = this.#assignment;
    return layout === undefined ? [] : [...this.#slots.keys()].flatMap((slot) => layout.stateless[slot] ?? []);
  }

  get #assignment(): Assignment {
    return this.#options.assignment();
  }

  /** Returns the partitions of the tasks that always go with the divided ones. */
  #fixed(divided: readonly TopicPartition[]): TopicPartition[] {
    return this.#partitionsOf(divided.flatMap((one) => this.#assignment.tasksOf(one)));
  }

  /** Returns the partitions of all tasks that are with the divided ones now. */
  #held(divided: readonly TopicPartition[]): TopicPartition[] {
    const stateful = divided.flatMap(({ partition }) => this.#slots.get(partition) ?? []);
    return [...this.#fixed(divided), ...this.#partitionsOf(stateful)];
  }

  #partitionsOf(tasks: readonly TaskPlace[]): TopicPartition[] {
    return tasks.flatMap((task) => this.#assignment.partitionsOf(task));
  }

  /** Chooses the stateful tasks to give so that `kept` slots remain: of each kind the last to arrive. */
  async #choose(layout: SlotLayout, kept: number): Promise<readonly TaskPlace[]> {
    const kinds = [...new Set(layout.stateful.map(({ subtopology }) => subtopology.id))];
    const count = (tasks: readonly (TaskPlace | undefined)[]): KindCounts => [
      ...kinds.map((kind) => tasks.filter((task) => task?.subtopology.id === kind).length),
      tasks.filter((task) => task === undefined).length,
    ];
    const mine = [...this.#slots.values()];
    const before = layout.slots > readableSlots ? [] : await this.#holdersBefore(layout);
    const total = count([
      ...layout.stateful,
      ...Array<undefined>(layout.slots - layout.stateful.length).fill(undefined),
    ]);
    const given = chooseKinds({ total, kept, holdings: [...before.map(count), count(mine)] });
    const latest = [...this.#tasks.values()].reverse();
    return kinds.flatMap((kind, i) => latest.filter(({ subtopology }) => subtopology.id === kind).slice(0, given[i]));
  }

  /** Returns the tasks of the workers whose names come before this one's. They choose first. */
  async #holdersBefore(layout: SlotLayout): Promise<readonly (readonly (TaskPlace | undefined)[])[]> {
    const { owner } = this.#options;
    const slots = Array.from({ length: layout.slots }, (_, partition) => ({ topic: layout.topic, partition }));
    const held = new Map<string, (TaskPlace | undefined)[]>();
    for (const row of await this.#read(layout, slots)) {
      if (row.owner !== '' && row.owner < owner) held.set(row.owner, [...(held.get(row.owner) ?? []), row.task]);
    }
    return [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tasks]) => tasks);
  }

  async #read(layout: SlotLayout, slots: readonly TopicPartition[]): Promise<readonly SlotRow[]> {
    const committed = await this.#options.consumer.committed(slots);
    const { taskOf } = this.#assignment;
    return slots.map(({ partition }, i) => decodeSlotRow(layout, partition, committed[i]?.metadata, taskOf));
  }

  /** Commits the tasks of slots in one request. */
  async #write(layout: SlotLayout, slots: ReadonlyMap<number, TaskPlace | undefined>): Promise<void> {
    const { consumer, owner } = this.#options;
    const { topic } = layout;
    await consumer.commit(
      [...slots].map(([partition, task]) => {
        return { topic, partition, offset: 0, metadata: encodeSlotRow(layout, { owner, task }) };
      }),
    );
  }
}

/**
 * Puts tasks on slots in the order of their sub-topologies. A group that deals out the slots of a member that left, one after
 * the other, thus gives each of the others its share of every sub-topology.
 */
const arrange = (
  slots: readonly number[],
  tasks: readonly (TaskPlace | undefined)[],
): ReadonlyMap<number, TaskPlace | undefined> => {
  const rank = (task: TaskPlace | undefined): number => task?.subtopology.id ?? Number.POSITIVE_INFINITY;
  const sorted = [...tasks].sort((a, b) => Math.sign(rank(a) - rank(b)) || (a?.partition ?? 0) - (b?.partition ?? 0));
  return new Map([...slots].sort((a, b) => a - b).map((slot, i) => [slot, sorted[i]]));
};
