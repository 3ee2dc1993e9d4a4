import type { CommittedOffset, Position, Received, RecordSource, TopicPartition } from '@kstreams/core';
import type { SimulatedConsumer } from './simulated-consumer.js';
import type { SimulatedProcess } from './simulated-process.js';

/** Part of a task's work that one commit made final, in the order in which it was done. */
export type Batch = readonly Received[];

/** What a task of one process did since it was opened and has not committed. */
interface Work {
  readonly done: RecordSource[];
  /** All that were begun, by topic, partition and offset: what follows from a record may come later. */
  readonly begun: Set<string>;
}

type Records = Map<string, Map<number, Received>>;

const idOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * Sees what goes through the seams of all processes: which records each task processed, in which order, which of them
 * were committed, and who has which partition. A law that is broken on the way ends the simulation.
 */
export class Witness {
  /** What was committed of each task, over all processes that had it. */
  readonly history = new Map<string, Batch[]>();
  /** How often each record was processed, committed or not. */
  readonly processed = new Map<string, number>();
  /** What the group has committed, by partition. */
  readonly offsets = new Map<string, number>();
  /** The first law that was broken. */
  violation: string | undefined;
  /** True once a changelog took records of a process that had lost the task. */
  overwritten = false;
  readonly #taskOf: (partition: TopicPartition) => string;
  readonly #waits: boolean;
  readonly #taskLogging: (partition: TopicPartition) => string | undefined;
  readonly #records: Records = new Map();
  /** What each member has read since it was given a partition, or went back in it. */
  readonly #inHand = new Map<SimulatedProcess, Records>();
  readonly #owners = new Map<string, SimulatedConsumer>();
  readonly #work = new Map<SimulatedProcess, Map<string, Work>>();

  /** Given the names of the tasks that read a partition, and that log to one; and whether steps of the topology wait. */
  constructor(
    taskOf: (partition: TopicPartition) => string,
    taskLogging: (partition: TopicPartition) => string | undefined,
    waits: boolean,
  ) {
    this.#waits = waits;
    this.#taskOf = taskOf;
    this.#taskLogging = taskLogging;
  }

  /** A law was broken. */
  broken(what: string): void {
    this.violation ??= what;
  }

  /** Records were read for processing. */
  read({ process }: SimulatedConsumer, records: readonly Received[]): void {
    for (const record of records) {
      recordsOf(this.#records, record).set(record.offset, record);
      recordsOf(this.#inHandOf(process), record).set(record.offset, record);
    }
  }

  /** A partition is read on from elsewhere. */
  sought({ process }: SimulatedConsumer, partition: TopicPartition): void {
    recordsOf(this.#inHandOf(process), partition).clear();
  }

  /** All records that were ever read of a partition, by offset. */
  records(partition: TopicPartition): readonly Received[] {
    return [...recordsOf(this.#records, partition).values()].sort((a, b) => a.offset - b.offset);
  }

  /** A node of a task was opened: what was not committed of the task is given up. */
  opened(process: SimulatedProcess, { id }: { readonly id: string }): void {
    this.#workOf(process).set(id, { done: [], begun: new Set() });
  }

  /** The offset of the next record of a partition that is not committed. */
  offsetOf(partition: TopicPartition): number {
    return this.offsets.get(idOf(partition)) ?? 0;
  }

  /** A task has this record in hand. */
  processing(process: SimulatedProcess, task: string, { topic, partition, offset }: RecordSource): void {
    const { begun, done } = this.#workOf(process).get(task) as Work;
    const id = `${topic}/${partition}/${offset}`;
    if (begun.has(id)) return;
    begun.add(id);
    done.push({ topic, partition, offset });
    this.processed.set(id, (this.processed.get(id) ?? 0) + 1);
  }

  /** The log has taken the offsets of a process. */
  committed(process: SimulatedProcess, offsets: readonly CommittedOffset[]): void {
    const ranges = new Map<string, Map<string, { readonly from: number; readonly to: number }>>();
    for (const { topic, partition, offset } of offsets) {
      const id = idOf({ topic, partition });
      const from = this.offsets.get(id) ?? 0;
      if (offset < from) this.broken(`${process.name} committed ${id} back from ${from} to ${offset}`);
      this.offsets.set(id, offset);
      const task = this.#taskOf({ topic, partition });
      ranges.set(task, (ranges.get(task) ?? new Map()).set(id, { from, to: offset }));
    }
    for (const [task, range] of ranges) this.#settle(process, task, range);
  }

  /** Partitions were given to a member. */
  assigned(member: SimulatedConsumer, partitions: readonly TopicPartition[]): void {
    for (const one of partitions) {
      const owner = this.#owners.get(idOf(one));
      if (owner !== undefined && owner !== member && owner.process.alive && !owner.process.hurt) {
        this.broken(`${member.process.name} was given ${idOf(one)} while ${owner.process.name} had it`);
      }
      this.#owners.set(idOf(one), member);
    }
  }

  /** A member says where it goes on: where the group left off, or it would lose or repeat what was committed. */
  begins(member: SimulatedConsumer, positions: readonly Position[]): void {
    for (const one of positions) {
      this.sought(member, one);
      const committed = this.offsets.get(idOf(one));
      if (committed === undefined || committed === one.offset || this.#owners.get(idOf(one)) !== member) continue;
      this.broken(`${member.process.name} begins ${idOf(one)} at ${one.offset}, where ${committed} is committed`);
    }
  }

  /** Records of a process arrive at the log: a changelog takes them from whoever, also from one who has lost the task. */
  delivers(process: SimulatedProcess, partition: TopicPartition): void {
    const task = this.#taskLogging(partition);
    if (task === undefined) return;
    for (const [id, owner] of this.#owners) {
      const at = id.lastIndexOf('/');
      const owned = this.#taskOf({ topic: id.slice(0, at), partition: Number(id.slice(at + 1)) });
      if (owned === task && owner.process === process) return;
    }
    this.overwritten = true;
  }

  /** A member has let go of partitions, or lost them. */
  released(member: SimulatedConsumer, partitions: readonly TopicPartition[]): void {
    for (const one of partitions) if (this.#owners.get(idOf(one)) === member) this.#owners.delete(idOf(one));
  }

  /** A member was asked to give partitions up, and says that it is ready: what it did must be committed. */
  ready({ process }: SimulatedConsumer, partitions: readonly TopicPartition[]): void {
    if (process.hurt || this.#waits) return;
    const gone = new Set(partitions.map(idOf));
    for (const one of partitions) {
      const left =
        this.#workOf(process)
          .get(this.#taskOf(one))
          ?.done.filter((record) => gone.has(idOf(record))) ?? [];
      if (left.length > 0)
        this.broken(`${process.name} gave up ${idOf(one)} with ${left.length} records not committed`);
    }
  }

  /** A member left its group, or died. */
  left(member: SimulatedConsumer): void {
    for (const [id, owner] of this.#owners) if (owner === member) this.#owners.delete(id);
  }

  /** Moves what a commit covers into history; records that no node was given go first, in their order. */
  #settle(
    process: SimulatedProcess,
    task: string,
    range: ReadonlyMap<string, { readonly from: number; readonly to: number }>,
  ): void {
    const work = this.#workOf(process).get(task) ?? { done: [], begun: new Set() };
    const covered = (one: RecordSource): boolean => one.offset < (range.get(idOf(one))?.to ?? 0);
    const done = work.done.filter(covered);
    work.done.splice(0, work.done.length, ...work.done.filter((one) => !covered(one)));
    const seen = new Set(done.map((one) => `${idOf(one)}/${one.offset}`));
    const batch: Received[] = [];
    const inHand = this.#inHandOf(process);
    for (const [id, { from, to }] of range) {
      for (const [offset, record] of inHand.get(id) ?? []) {
        if (offset >= from && offset < to && !seen.has(`${id}/${offset}`)) batch.push(record);
      }
    }
    batch.sort((a, b) => a.offset - b.offset);
    for (const one of done) {
      const { from } = range.get(idOf(one)) as { readonly from: number };
      const record = inHand.get(idOf(one))?.get(one.offset);
      if (record !== undefined && one.offset >= from) batch.push(record);
    }
    this.history.set(task, [...(this.history.get(task) ?? []), batch]);
  }

  #inHandOf(process: SimulatedProcess): Records {
    const records: Records = this.#inHand.get(process) ?? new Map();
    this.#inHand.set(process, records);
    return records;
  }

  #workOf(process: SimulatedProcess): Map<string, Work> {
    const work = this.#work.get(process) ?? new Map<string, Work>();
    this.#work.set(process, work);
    return work;
  }
}

const recordsOf = (all: Records, partition: TopicPartition): Map<number, Received> => {
  const records = all.get(idOf(partition)) ?? new Map<number, Received>();
  all.set(idOf(partition), records);
  return records;
};
