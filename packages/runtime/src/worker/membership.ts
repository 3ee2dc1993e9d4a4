import { type Outgoing, type Position, StateError } from '@kstreams/core/graph';
import type { FailedSends } from '../task/failed-sends.js';
import type { Task } from '../task/task.js';
import type { TaskOptions, TaskPlace } from '../task/task-options.js';
import { type ClientOptions, type Clients, openClients, openProducer, replaceProducer } from './clients.js';
import { lagOf } from './lag-of.js';
import { LatencySampler } from './latency-sampler.js';
import { Placement } from './placement/placement.js';
import { beginTasks, rebalanceListener } from './rebalance.js';
import { onRemovedRecords } from './removed-records.js';
import type { ResumeOptions } from './resume-positions.js';
import type { TaskSet } from './task-set.js';
import type { WorkerOptions } from './worker-options.js';

/** The parts of a worker that a membership involves. */
export interface MembershipOptions {
  readonly worker: WorkerOptions;
  readonly tasks: TaskSet;
  readonly failedSends: FailedSends;
  /** Commits before partitions move. */
  readonly commit: (leaving: readonly Task[]) => Promise<void>;
  /** Rolls back the open transaction, if there is one. */
  readonly rollBack: (why: string) => Promise<void>;
}

/** The membership of a worker in its group: its clients while it is a member, and the tasks of its partitions. */
export class Membership {
  readonly #options: MembershipOptions;
  /** One for all clients: each one registers histograms. */
  readonly #sampler: LatencySampler | undefined;
  readonly #beginnings = new Map<string, number>();
  #clients: Clients | undefined;
  #placement: Placement | undefined;
  #assigned = false;
  /** The version of the plan with which it joined. */
  #version = 0;

  constructor(options: MembershipOptions) {
    this.#options = options;
    const { clock, metrics } = options.worker;
    this.#sampler = metrics.telemetry && new LatencySampler(metrics.telemetry, metrics.system, clock);
  }

  /** The clients; throws outside the group. */
  get clients(): Clients {
    if (this.#clients !== undefined) return this.#clients;
    throw new StateError(`worker ${this.#options.worker.index} has left its group`);
  }

  /** True while the worker has clients. */
  get open(): boolean {
    return this.#clients !== undefined;
  }

  /** True after the first assignment, even an empty one. */
  get assigned(): boolean {
    return this.#assigned;
  }

  /**
   * Returns the reason to join again with a newer plan, if there is one: a partition of a topic that was replaced after it
   * joined. A native client that has seen the old topic, such as its later leader epochs, may never read the new one.
   *
   * A worker that has lost the topics that were deleted does not join again before it is assigned one of them: its client joins
   * automatically, and if it left now the group would wait for the end of its session.
   */
  reasonToRejoin(): string | undefined {
    const { tasks, worker } = this.#options;
    if (worker.subscriptions.lastReplaced <= this.#version) return undefined;
    const read = tasks.partitions.map(({ topic }) => topic);
    return worker.subscriptions.reasonToRejoin(this.#version, read);
  }

  /** The tasks that belong to this worker as long as it has its slots. */
  get fixedTasks(): readonly TaskPlace[] {
    return this.#placement?.fixedTasks ?? [];
  }

  /** The log as the tasks of this membership read and write it. */
  get taskClients(): Pick<TaskOptions, 'input' | 'producer'> {
    const { consumer, producer } = this.clients;
    const input: TaskOptions['input'] = {
      lag: (queue) => {
        const end = consumer.lastEnd?.(queue);
        return end === undefined ? undefined : lagOf(queue, consumer, end);
      },
      maxTaskIdle: this.#options.worker.maxTaskIdle,
      caughtUp: (partition) => consumer.caughtUp(partition),
      ends: (partitions) => consumer.offsets(partitions, 'latest'),
      position: (partition) => consumer.position(partition) ?? 0,
    };
    return { input, producer };
  }

  /** Options for resuming partitions. */
  get resuming(): ResumeOptions {
    const { application, clock, subscriptions } = this.#options.worker;
    return { application, beginnings: this.#beginnings, clock, consumer: this.clients.consumer, subscriptions };
  }

  wake(): void {
    this.#clients?.consumer.wake();
  }

  /** Opens clients and subscribes to the topics that the group divides. */
  async join(): Promise<void> {
    const { commit, failedSends, rollBack, tasks, worker } = this.#options;
    const { bytes, cluster, emit, index, phase, subscriptions } = worker;
    const placed = subscriptions.assignment.layout?.topic;
    failedSends.restart();
    phase('created');
    this.#assigned = false;
    this.#version = subscriptions.version;
    this.#clients = await openClients(this.#clientOptions);
    const { consumer } = this.#clients;
    const placement = (this.#placement = new Placement({
      assignment: () => subscriptions.assignment,
      consumer,
      owner: `${bytes.owner}-${index}`,
    }));
    const listener = rebalanceListener({ ...this.resuming, commit, rollBack, emit, placement, tasks, worker: index });
    await consumer.subscribe({
      topics: subscriptions.assignment.topics,
      listener: {
        ...listener,
        assigned: (partitions) => {
          const known = (topic: string): number => subscriptions.topics.get(topic)?.partitions ?? 0;
          const added = partitions.some(({ partition, topic }) => topic !== placed && partition >= known(topic));
          const take = (): Promise<readonly Position[]> => {
            this.#assigned = true;
            if (partitions.length > 0) phase('rebalancing');
            return listener.assigned(partitions);
          };
          // The group has heard of added partitions first: nothing is read before they are judged.
          return added ? cluster.check().then(take) : take();
        },
      },
    });
  }

  /** Aborts the transaction and closes the tasks; their partitions stay. False when the log refused to abort. */
  async abort(): Promise<boolean> {
    const { tasks, worker } = this.#options;
    const { consumer } = this.clients;
    const aborted = await this.#renew().then(
      () => true,
      () => false,
    );
    worker.phase('rebalancing');
    await tasks.close();
    consumer.pause(tasks.partitions);
    return aborted;
  }

  /** True when the log refuses a record sent alone; a transaction is aborted afterwards. Tasks must be closed. */
  async refuses(record: Outgoing): Promise<boolean> {
    const { producer } = this.clients;
    producer.send(record);
    // The failure is among the failed sends.
    await producer.flush().catch(() => {});
    const refused = this.#options.failedSends.takePunctuations().length > 0;
    await this.#renew();
    return refused;
  }

  /** Opens the closed tasks again, from the last commit. */
  async rewind(): Promise<void> {
    const { failedSends, tasks } = this.#options;
    failedSends.restart();
    const positions = await beginTasks(tasks.idle, tasks, this.resuming);
    for (const position of positions) await this.clients.consumer.seek(position);
  }

  /** Closes the tasks, then the clients. Every close is tried; the first failure is thrown. */
  async leave(): Promise<void> {
    const clients = this.#clients;
    this.#clients = undefined;
    const ends = [
      ...(await Promise.allSettled([this.#options.tasks.drop()])),
      ...(await Promise.allSettled([clients?.consumer.close(), clients?.producer.close()])),
    ];
    this.#beginnings.clear();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Sends records in batches again, once the log has refused none for a while. Call it after a commit. */
  async batchAgain(): Promise<void> {
    const { failedSends } = this.#options;
    if (!this.clients.unbatched || failedSends.unbatched) return;
    this.#clients = await replaceProducer(this.clients, this.#clientOptions);
    failedSends.restart();
  }

  /**
   * Replaces a transactional producer, which cannot be used after a failed transaction, and one that has to send records
   * alone from now on.
   */
  async #renew(): Promise<void> {
    const { producer, unbatched } = this.clients;
    if (!producer.transactional && unbatched === this.#options.failedSends.unbatched) return;
    await producer.abort().finally(() => producer.close());
    const options = this.#clientOptions;
    this.#clients = { ...this.clients, producer: await openProducer(options), unbatched: options.unbatched === true };
  }

  get #clientOptions(): ClientOptions {
    const { failedSends, worker } = this.#options;
    const failed: ClientOptions['failed'] = (...refused) => failedSends.add(...refused);
    const { unbatched } = failedSends;
    return {
      ...worker,
      failed: worker.onError && failed,
      unbatched,
      removed: onRemovedRecords(worker),
      sampler: this.#sampler,
    };
  }
}
