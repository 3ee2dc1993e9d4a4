import { type NodeId, partitionId, type Received, type TopicPartition } from '@kstreams/core/graph';
import type { Progress } from '../async/offset-metadata.js';
import type { Task } from '../task/task.js';
import { taskId } from '../task/task-options.js';
import type { OwnedTask, TaskAssignment } from './task-opener.js';

/** A task that is opening; its stores may be restoring. */
interface Opening {
  readonly partitions: readonly TopicPartition[];
  readonly cancel: AbortController;
  readonly opened: Promise<OwnedTask>;
}

/** A running task and the partitions it was assigned with. */
interface RunningTask extends OwnedTask {
  readonly partitions: readonly TopicPartition[];
}

/** A task that finished opening. It is stale when the task was closed or opened again meanwhile. */
interface Arrival {
  readonly opening: Opening;
  readonly open: RunningTask;
}

/** The running and opening tasks of one worker. Tasks open beside its poll. */
export class TaskSet {
  readonly #open: (assignment: TaskAssignment, signal: AbortSignal) => Promise<OwnedTask>;
  readonly #wake: () => void;
  readonly #moved: () => void;
  readonly #held = new Map<string, TopicPartition>();
  readonly #opening = new Map<string, Opening>();
  readonly #running = new Map<string, RunningTask>();
  readonly #byPartition = new Map<string, Task>();
  readonly #arrived: Arrival[] = [];
  #failure: { readonly id: string; readonly thrown: unknown } | undefined;

  /** `wake` is called after a task has opened or failed to open; `moved` after every change of the set. */
  constructor(
    open: (assignment: TaskAssignment, signal: AbortSignal) => Promise<OwnedTask>,
    wake: () => void,
    moved: () => void = () => {},
  ) {
    this.#open = open;
    this.#wake = wake;
    this.#moved = moved;
  }

  /** The running tasks. */
  get running(): readonly Task[] {
    return [...this.#running.values()].map(({ task }) => task);
  }

  /** The assigned partitions, with or without an open task. */
  get partitions(): readonly TopicPartition[] {
    return [...this.#held.values()];
  }

  /** The assigned partitions without a running or opening task. */
  get idle(): readonly TopicPartition[] {
    const begun = new Set([...this.#opening.values()].flatMap(({ partitions }) => partitions.map(partitionId)));
    return this.partitions.filter((one) => !begun.has(partitionId(one)) && !this.#byPartition.has(partitionId(one)));
  }

  /** The ids of the opening tasks. */
  get opening(): readonly string[] {
    return [...this.#opening.keys()];
  }

  /** Adds polled records to the tasks that read them. Records of one partition follow each other. */
  add(records: readonly Received[]): void {
    let [topic, partition, reader]: [string, number, Task | undefined] = ['', -1, undefined];
    for (const record of records) {
      if (record.topic !== topic || record.partition !== partition) {
        ({ topic, partition } = record);
        reader = this.reader(record);
      }
      reader?.add(record);
    }
  }

  /** Returns the running task that reads a partition. */
  reader(partition: TopicPartition): Task | undefined {
    return this.#byPartition.get(partitionId(partition));
  }

  /** Returns the running tasks that read any of the partitions. */
  readers(partitions: readonly TopicPartition[]): readonly Task[] {
    return [...new Set(partitions.flatMap((one) => this.reader(one) ?? []))];
  }

  /** Begins to open a task. */
  begin(assignment: TaskAssignment, partitions: readonly TopicPartition[]): void {
    const id = taskId(assignment.subtopology, assignment.partition);
    for (const one of partitions) this.#held.set(partitionId(one), one);
    const cancel = new AbortController();
    const opened = this.#open(assignment, cancel.signal);
    const opening = { partitions, cancel, opened };
    this.#opening.set(id, opening);
    this.#moved();
    opened.then(
      (open) => {
        if (cancel.signal.aborted) return;
        this.#arrived.push({ opening, open: { ...open, partitions } });
        this.#wake();
      },
      (thrown: unknown) => {
        if (cancel.signal.aborted) return;
        this.#failure ??= { id, thrown };
        this.#wake();
      },
    );
  }

  /** Moves open tasks to the running ones and returns them; throws the error of a task that failed to open. */
  admit(): readonly Task[] {
    if (this.#failure !== undefined) throw this.#failure.thrown;
    const awaited = ({ open, opening }: Arrival): boolean => this.#opening.get(open.task.id) === opening;
    const arrived = this.#arrived.splice(0).filter(awaited);
    for (const { open } of arrived) {
      this.#opening.delete(open.task.id);
      this.#running.set(open.task.id, open);
      for (const queue of open.task.queues.values()) this.#byPartition.set(partitionId(queue), open.task);
    }
    if (arrived.length > 0) this.#moved();
    return arrived.map(({ open }) => open.task);
  }

  /** Adds a topic to a source of a running task, which resumes it from its committed progress. */
  addTopic(task: Task, source: NodeId, topic: string, progress?: Progress): void {
    const one = { topic, partition: task.partition };
    task.addTopic(source, topic, progress);
    this.#held.set(partitionId(one), one);
    this.#byPartition.set(partitionId(one), task);
  }

  /** Removes partitions and closes the tasks that read them, without a commit. */
  async drop(partitions: readonly TopicPartition[] = this.partitions): Promise<void> {
    for (const one of partitions) this.#held.delete(partitionId(one));
    await this.close(partitions);
  }

  /** Closes the tasks of partitions without a commit; the partitions stay assigned and may be opened again. */
  async close(partitions: readonly TopicPartition[] = this.partitions): Promise<void> {
    const gone = new Set(partitions.map(partitionId));
    const closing: Promise<void>[] = [];
    for (const [id, opening] of this.#opening) {
      if (!opening.partitions.some((one) => gone.has(partitionId(one)))) continue;
      this.#opening.delete(id);
      if (this.#failure?.id === id) this.#failure = undefined;
      opening.cancel.abort(new Error('the task moved before it was open'));
      closing.push(
        opening.opened.then(
          (open) => open.close(),
          () => {},
        ),
      );
    }
    for (const [id, open] of this.#running) {
      const read = [...open.task.queues.values()];
      if (![...open.partitions, ...read].some((one) => gone.has(partitionId(one)))) continue;
      this.#running.delete(id);
      for (const queue of read) this.#byPartition.delete(partitionId(queue));
      closing.push(open.close());
    }
    if (closing.length > 0) this.#moved();
    const failed = (await Promise.allSettled(closing)).find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
