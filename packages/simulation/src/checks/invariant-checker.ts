import {
  type CommittedOffset,
  type Position,
  partitionId,
  positionId,
  type Received,
  type RecordSource,
  type TopicPartition,
} from '@kstreams/core/graph';
import { History } from '../history/history.js';
import type { SimulatedConsumer } from '../process/simulated-consumer.js';
import type { SimulatedProcess } from '../process/simulated-process.js';

/** A worker of a process: its consumer and its producer have the same name. */
export interface Client {
  readonly process: SimulatedProcess;
  readonly client: string;
}

type Records = Map<string, Map<number, Received>>;

/**
 * Sees what goes through the seams of all processes: which records each task processed, in which order, which of them
 * were committed, and who has which partition. A law that is broken on the way ends the simulation.
 */
export class InvariantChecker {
  /** What each task did. */
  readonly history: History;
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
  readonly #inHand = new Map<string, Records>();
  readonly #owners = new Map<string, SimulatedConsumer>();

  /**
   * Given the names of the tasks that read a partition, and that log to one; whether steps of the topology wait; and in
   * which step the simulation is.
   */
  constructor(
    taskOf: (partition: TopicPartition) => string,
    taskLogging: (partition: TopicPartition) => string | undefined,
    waits: boolean,
    step: () => number,
  ) {
    this.history = new History(step);
    this.#waits = waits;
    this.#taskOf = taskOf;
    this.#taskLogging = taskLogging;
  }

  /** A law was broken. */
  broken(what: string): void {
    this.violation ??= what;
  }

  /** Records were read for processing. */
  read(member: Client, records: readonly Received[]): void {
    for (const record of records) {
      recordsOf(this.#records, record).set(record.offset, record);
      recordsOf(this.#inHandOf(member), record).set(record.offset, record);
    }
  }

  /** A partition is read on from elsewhere. */
  sought(member: Client, partition: TopicPartition): void {
    recordsOf(this.#inHandOf(member), partition).clear();
  }

  /** All records that were ever read of a partition, by offset. */
  records(partition: TopicPartition): readonly Received[] {
    return [...recordsOf(this.#records, partition).values()].sort((a, b) => a.offset - b.offset);
  }

  /** The offset of the next record of a partition that is not committed. */
  offsetOf(partition: TopicPartition): number {
    return this.offsets.get(partitionId(partition)) ?? 0;
  }

  /** A task has begun this record. */
  processing(source: RecordSource): void {
    const id = positionId(source);
    this.processed.set(id, (this.processed.get(id) ?? 0) + 1);
  }

  /** The log has taken the offsets of a client, or a transaction, which is of all its tasks. */
  committed(by: Client, offsets: readonly CommittedOffset[], transaction = false): void {
    const { process } = by;
    const ranges = new Map<string, Map<string, { readonly from: number; readonly to: number }>>();
    for (const { topic, partition, offset } of offsets) {
      const id = partitionId({ topic, partition });
      const from = this.offsets.get(id) ?? 0;
      if (offset < from) this.broken(`${process.name} committed ${id} back from ${from} to ${offset}`);
      this.offsets.set(id, offset);
      const task = this.#taskOf({ topic, partition });
      ranges.set(task, (ranges.get(task) ?? new Map()).set(id, { from, to: offset }));
    }
    if (transaction) {
      for (const task of this.#tasksOf(by)) if (!ranges.has(task)) ranges.set(task, new Map());
      for (const task of ranges.keys()) {
        const left = this.history.of(process, task)?.underWay ?? 0;
        if (left > 0 && this.history.complete)
          this.broken(`${process.name} committed ${task} with ${left} calls under way`);
      }
    }
    for (const [task, range] of ranges) this.#settle(by, task, range);
  }

  /** Partitions were given to a member. */
  assigned(member: SimulatedConsumer, partitions: readonly TopicPartition[]): void {
    for (const one of partitions) {
      const owner = this.#owners.get(partitionId(one));
      if (owner !== undefined && owner !== member && owner.process.alive && !owner.process.hurt) {
        this.broken(`${member.process.name} was given ${partitionId(one)} while ${owner.process.name} had it`);
      }
      this.#owners.set(partitionId(one), member);
      this.history.given(member.process, this.#taskOf(one));
    }
  }

  /** A member says where it goes on: where the group left off, or it would lose or repeat what was committed. */
  begins(member: SimulatedConsumer, positions: readonly Position[]): void {
    for (const one of positions) {
      this.sought(member, one);
      const committed = this.offsets.get(partitionId(one));
      if (committed === undefined || committed === one.offset || this.#owners.get(partitionId(one)) !== member)
        continue;
      this.broken(
        `${member.process.name} begins ${partitionId(one)} at ${one.offset}, where ${committed} is committed`,
      );
    }
  }

  /** Records of a process arrive at the log: a changelog takes them from whoever, also from one who has lost the task. */
  delivers(process: SimulatedProcess, partition: TopicPartition): void {
    const task = this.#taskLogging(partition);
    if (task === undefined) return;
    for (const [id, owner] of this.#owners) {
      if (owner.process === process && this.#taskOf(partitionOf(id)) === task) return;
    }
    this.overwritten = true;
  }

  /** A member has let go of partitions, or lost them. */
  released(member: SimulatedConsumer, partitions: readonly TopicPartition[]): void {
    for (const one of partitions)
      if (this.#owners.get(partitionId(one)) === member) this.#owners.delete(partitionId(one));
  }

  /** A member is asked to give partitions up; once it says that it is ready, what it did must be committed. */
  leaving({ process }: SimulatedConsumer, partitions: readonly TopicPartition[]): { readonly ready: () => void } {
    const gone = new Set(partitions.map(partitionId));
    const works = partitions.map((one) => this.history.of(process, this.#taskOf(one)));
    return {
      ready: () => {
        if (process.hurt || this.#waits) return;
        const left = works.flatMap((work) => work?.uncommitted.filter((record) => gone.has(partitionId(record))) ?? []);
        const [first] = left;
        if (first === undefined) return;
        this.broken(`${process.name} gave up ${partitionId(first)} with ${left.length} records not committed`);
      },
    };
  }

  /** A member left its group, or died. */
  left(member: SimulatedConsumer): void {
    for (const [id, owner] of this.#owners) if (owner === member) this.#owners.delete(id);
  }

  /** Moves what a commit covers into history. */
  #settle(by: Client, task: string, range: ReadonlyMap<string, { readonly from: number; readonly to: number }>): void {
    const inHand = this.#inHandOf(by);
    this.history.commits(by.process, task, {
      covers: (source) => source.offset < (range.get(partitionId(source))?.to ?? 0),
      record: (source) =>
        source.offset < (range.get(partitionId(source))?.from ?? 0)
          ? undefined
          : inHand.get(partitionId(source))?.get(source.offset),
      others: (begun) => {
        const seen = new Set(begun.map((one) => positionId(one)));
        const read = [...range].flatMap(([id, { from, to }]) =>
          [...(inHand.get(id)?.values() ?? [])].filter(({ offset }) => offset >= from && offset < to),
        );
        return read.filter((one) => !seen.has(positionId(one))).sort((a, b) => a.offset - b.offset);
      },
    });
  }

  /** The tasks that a client has. */
  #tasksOf({ client, process }: Client): ReadonlySet<string> {
    const owned = [...this.#owners].filter(([, owner]) => owner.process === process && owner.client === client);
    return new Set(owned.map(([id]) => this.#taskOf(partitionOf(id))));
  }

  #inHandOf({ client, process }: Client): Records {
    const id = `${process.name} ${client}`;
    const records: Records = this.#inHand.get(id) ?? new Map();
    this.#inHand.set(id, records);
    return records;
  }
}

const partitionOf = (id: string): TopicPartition => {
  const at = id.lastIndexOf('/');
  return { topic: id.slice(0, at), partition: Number(id.slice(at + 1)) };
};

const recordsOf = (all: Records, partition: TopicPartition): Map<number, Received> => {
  const records = all.get(partitionId(partition)) ?? new Map<number, Received>();
  all.set(partitionId(partition), records);
  return records;
};
