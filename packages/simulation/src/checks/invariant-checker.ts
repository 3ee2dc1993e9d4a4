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
import { PartitionOwners } from './partition-owners.js';

/** The state of a simulated process on which invariants depend. */
export interface ProcessState {
  readonly name: string;
  /** False once the process is closed, failed or killed. */
  readonly alive: boolean;
  /** True once a fault hit the process, which may cost it its partitions. */
  readonly faulted: boolean;
}

/** A worker of a process: its consumer and its producer share the client id. */
export interface Client {
  readonly process: ProcessState;
  readonly client: string;
}

/** Records by `topic/partition` and offset. */
type Records = Map<string, Map<number, Received>>;

/** The offsets of a partition that a commit covers. */
interface CommitRange {
  readonly from: number;
  readonly to: number;
}

/** The view of a topology on which invariants depend. */
export interface InvariantOptions {
  /** Returns the id of the task that reads a partition; empty for a partition that no task reads. */
  readonly taskOf: (partition: TopicPartition) => string;
  /** Returns the id of the task with a changelog partition, or undefined for any other partition. */
  readonly taskLogging: (partition: TopicPartition) => string | undefined;
  /** True when a commit may cover records and not all before them: a step is async, or waits for a value. */
  readonly commitsGaps: boolean;
}

/**
 * Observes every process: the records that each task processes, their order, the commits and the owners of partitions.
 * Notes the first broken invariant, which ends the simulation.
 */
export class InvariantChecker {
  /** The steps of each task and the commits that made them final. */
  readonly history = new History();
  /** The number of times that each record was processed, committed or not, by `topic/partition/offset`. */
  readonly processed = new Map<string, number>();
  /** The committed offset of the group, by `topic/partition`. */
  readonly offsets = new Map<string, number>();
  /** The first broken invariant. */
  violation: string | undefined;
  /** True once a process that had lost a task wrote to its changelog. */
  overwritten = false;
  readonly #options: InvariantOptions;
  readonly #records: Records = new Map();
  /** The records that each member has read since its partition was assigned or its position moved. */
  readonly #readBy = new Map<string, Records>();
  readonly #owners = new PartitionOwners((what) => this.violate(what));

  constructor(options: InvariantOptions) {
    this.#options = options;
  }

  /** Notes a broken invariant. Only the first is kept. */
  violate(what: string): void {
    this.violation ??= what;
  }

  /** Notes records that a group member has read. */
  recordsRead(member: Client, records: readonly Received[]): void {
    for (const record of records) {
      recordsOf(this.#records, record).set(record.offset, record);
      recordsOf(this.#readRecordsOf(member), record).set(record.offset, record);
    }
  }

  /** Notes a moved position. */
  positionMoved(member: Client, partition: TopicPartition): void {
    recordsOf(this.#readRecordsOf(member), partition).clear();
  }

  /** Returns all records that group members have ever read, by offset. */
  everRead(): readonly Received[] {
    return [...this.#records.values()].flatMap((read) => [...read.values()]).sort((a, b) => a.offset - b.offset);
  }

  /** Returns the committed offset of a partition; 0 before the first commit. */
  committedOffset(partition: TopicPartition): number {
    return this.offsets.get(partitionId(partition)) ?? 0;
  }

  /** Counts a record that a task starts to process. */
  recordStarted(source: RecordSource): void {
    const id = positionId(source);
    this.processed.set(id, (this.processed.get(id) ?? 0) + 1);
  }

  /** Subtracts a record that was rolled back from the count, since it is processed again. */
  recordRolledBack(source: RecordSource): void {
    const id = positionId(source);
    this.processed.set(id, (this.processed.get(id) ?? 0) - 1);
  }

  /** Checks offsets that the log has accepted. A transaction commits all tasks of its client. */
  committed(by: Client, offsets: readonly CommittedOffset[], transaction = false): void {
    const { process } = by;
    const ranges = new Map<string, Map<string, CommitRange>>();
    for (const { topic, partition, offset } of offsets) {
      const id = partitionId({ topic, partition });
      const from = this.offsets.get(id) ?? 0;
      if (offset < from)
        this.violate(`${process.name} moved the committed offset of ${id} back from ${from} to ${offset}`);
      this.offsets.set(id, offset);
      const task = this.#options.taskOf({ topic, partition });
      if (task === '') continue;
      ranges.set(task, (ranges.get(task) ?? new Map()).set(id, { from, to: offset }));
    }
    if (transaction) {
      for (const task of this.#tasksOf(by)) if (!ranges.has(task)) ranges.set(task, new Map());
      for (const task of ranges.keys()) {
        const left = this.history.workOf(process.name, task)?.inFlight ?? 0;
        if (left > 0 && this.history.complete) {
          this.violate(`${process.name} committed ${task} with ${left} calls in flight`);
        }
      }
    }
    for (const [task, range] of ranges) this.#commitTask(by, task, range);
  }

  /** Starts an assignment. `started` checks that no other live process owns the partitions, and where the member starts. */
  assigning(member: Client): { readonly started: (positions: readonly Position[]) => void } {
    const { taken } = this.#owners.assigning(member);
    return {
      started: (positions) => {
        for (const one of positions) {
          this.positionMoved(member, one);
          if (!taken(one)) continue;
          this.history.discard(member.process.name, this.#options.taskOf(one));
          this.#checkStart(member, one);
        }
      },
    };
  }

  /** Notes records that arrive at the log. A changelog accepts them from any process. */
  delivered({ name }: ProcessState, partition: TopicPartition): void {
    const task = this.#options.taskLogging(partition);
    if (task === undefined) return;
    for (const id of this.#owners.ownedBy(name)) if (this.#options.taskOf(partitionOf(id)) === task) return;
    this.overwritten = true;
  }

  /** Notes partitions that a member gave up or lost. */
  released(member: Client, partitions: readonly TopicPartition[]): void {
    this.#owners.released(member, partitions);
  }

  /** Starts a revocation. `ready` checks that the member has committed everything that it processed of the released partitions. */
  revoking(member: Client): { readonly ready: (released: readonly TopicPartition[]) => void } {
    const { process } = member;
    const works = [...this.#tasksOf(member)].map((task) => this.history.workOf(process.name, task));
    return {
      ready: (released) => {
        const revoked = new Set(released.map(partitionId));
        if (process.faulted || this.#options.commitsGaps) return;
        const left = works.flatMap(
          (work) => work?.uncommitted.filter((record) => revoked.has(partitionId(record))) ?? [],
        );
        const [first] = left;
        if (first === undefined) return;
        this.violate(`${process.name} gave up ${partitionId(first)} with ${left.length} uncommitted records`);
      },
    };
  }

  /** Notes a member that left its group or died. */
  left(member: Client): void {
    this.#owners.left(member);
  }

  /** Checks that a member starts at the committed offset: any other would lose or repeat records. */
  #checkStart({ process }: Client, start: Position): void {
    const committed = this.offsets.get(partitionId(start));
    if (committed === undefined || committed === start.offset) return;
    this.violate(`${process.name} starts ${partitionId(start)} at ${start.offset}, but ${committed} is committed`);
  }

  #commitTask(by: Client, task: string, ranges: ReadonlyMap<string, CommitRange>): void {
    const read = this.#readRecordsOf(by);
    this.history.commit(by.process.name, task, {
      covers: (source) => source.offset < (ranges.get(partitionId(source))?.to ?? 0),
      record: (source) =>
        source.offset < (ranges.get(partitionId(source))?.from ?? 0)
          ? undefined
          : read.get(partitionId(source))?.get(source.offset),
      unseen: (started) => {
        const seen = new Set(started.map((one) => positionId(one)));
        const covered = [...ranges].flatMap(([id, { from, to }]) =>
          [...(read.get(id)?.values() ?? [])].filter(({ offset }) => offset >= from && offset < to),
        );
        return covered.filter((one) => !seen.has(positionId(one))).sort((a, b) => a.offset - b.offset);
      },
    });
  }

  #tasksOf({ client, process }: Client): ReadonlySet<string> {
    const owned = [...this.#owners.ownedBy(process.name, client)];
    return new Set(owned.map((id) => this.#options.taskOf(partitionOf(id))));
  }

  #readRecordsOf({ client, process }: Client): Records {
    const id = `${process.name} ${client}`;
    const records: Records = this.#readBy.get(id) ?? new Map();
    this.#readBy.set(id, records);
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
