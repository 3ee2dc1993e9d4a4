import { type Outgoing, StateError } from '@kstreams/core/graph';
import type { Refusals } from '../task/refusals.js';
import type { Task } from '../task/task.js';
import { type ClientOptions, type Clients, openClients, openOutbox } from './clients.js';
import { beginTasks, rebalanceListener } from './rebalance.js';
import type { ResumeOptions } from './resume.js';
import type { TaskSet } from './task-set.js';
import type { WorkerOptions } from './worker-options.js';

/** What a membership is of. */
export interface MembershipOptions {
  readonly worker: WorkerOptions;
  readonly tasks: TaskSet;
  readonly refusals: Refusals;
  /** Commits because partitions are about to move. */
  readonly commit: (leaving: readonly Task[]) => Promise<void>;
  /** Takes back the open transaction, where there is one. */
  readonly takeBack: (why: string) => Promise<void>;
}

/** A worker's part in its group: its clients while it has one, and the tasks that come and go with it. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #beginnings = new Map<string, number>();
  #clients: Clients | undefined;
  #answered = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** The clients; throws after it was left. */
  get clients(): Clients {
    if (this.#clients !== undefined) return this.#clients;
    throw new StateError(`worker ${this.#options.worker.index} has left its group`);
  }

  /** False after it was left. */
  get open(): boolean {
    return this.#clients !== undefined;
  }

  /** True once the group has answered, be it that there is nothing for this member. */
  get answered(): boolean {
    return this.#answered;
  }

  /** What partitions are resumed with. */
  get resuming(): ResumeOptions {
    const { application, clock, reading } = this.#options.worker;
    return { application, beginnings: this.#beginnings, clock, consumer: this.clients.consumer, reading };
  }

  wake(): void {
    this.#clients?.consumer.wake();
  }

  /** Asks to join the group, which divides the leaders; who follows them is as it is when they come. */
  async join(): Promise<void> {
    const { commit, takeBack, tasks, worker } = this.#options;
    const { emit, index, phase, reading } = worker;
    phase('created');
    this.#answered = false;
    this.#clients = await openClients(this.#clientOptions);
    const listener = rebalanceListener({ ...this.resuming, commit, takeBack, emit, tasks, worker: index });
    await this.#clients.consumer.subscribe({
      leaders: reading.assignment.leaders,
      followers: (leader) => reading.assignment.followers(leader),
      listener: {
        ...listener,
        assigned: (partitions) => {
          this.#answered = true;
          if (partitions.length > 0) phase('rebalancing');
          return listener.assigned(partitions);
        },
      },
    });
  }

  /** Takes back what was not committed and closes the tasks; answers false where the log would not take it back. */
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

  /** Whether the log refuses a record by itself; where there are transactions it is taken back. For closed tasks only. */
  async refuses(record: Outgoing): Promise<boolean> {
    const { outbox } = this.clients;
    outbox.send(record);
    await outbox.flush().catch(() => {});
    const refused = this.#options.refusals.takeCalls().length > 0;
    await this.#renew();
    return refused;
  }

  /** Opens the closed tasks again, as of what is committed. */
  async rewind(): Promise<void> {
    const { tasks } = this.#options;
    const positions = await beginTasks(tasks.idle, tasks, this.resuming);
    for (const position of positions) await this.clients.consumer.seek(position);
  }

  /** Closes the tasks, then the clients; every one is tried, and the first failure thrown. */
  async leave(): Promise<void> {
    const clients = this.#clients;
    this.#clients = undefined;
    const ends = [
      ...(await Promise.allSettled([this.#options.tasks.drop()])),
      ...(await Promise.allSettled([clients?.consumer.close(), clients?.outbox.close()])),
    ];
    this.#beginnings.clear();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** A producer whose transaction failed is not trusted with another one. */
  async #renew(): Promise<void> {
    const { outbox } = this.clients;
    if (!outbox.transactional) return;
    await outbox.abort().finally(() => outbox.close());
    this.#clients = { ...this.clients, outbox: await openOutbox(this.#clientOptions) };
  }

  get #clientOptions(): ClientOptions {
    const { refusals, worker } = this.#options;
    const failed = worker.onError && ((record: Outgoing, error: Error) => refusals.add(record, error));
    return { ...worker, failed };
  }
}
