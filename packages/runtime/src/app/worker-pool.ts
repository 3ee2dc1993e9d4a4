import type { ByteStore, Isolation } from '@kstreams/core/graph';
import { CallLimits } from '../async/call-limits.js';
import type { HeldTasks } from '../metadata/instance-row.js';
import { ChangeFeed } from '../query/change-feed.js';
import { StoreCopies } from '../task/stores/store-copies.js';
import type { OpenStore } from '../task/stores/task-stores.js';
import { WatchedEdges } from '../task/watched-edges.js';
import { instruments } from '../telemetry/instruments.js';
import { Pauses } from '../worker/pauses.js';
import { TaskRegistry } from '../worker/task-registry.js';
import { Worker } from '../worker/worker.js';
import type { WorkerOptions, WorkerPhase } from '../worker/worker-options.js';
import type { Parts } from './parts.js';

/** Options of the workers of one process. */
export interface WorkerPoolOptions
  extends Omit<
    WorkerOptions,
    'index' | 'transactionalId' | 'registry' | 'changes' | 'copies' | 'edges' | 'limits' | 'pauses' | 'mend' | 'phase'
  > {
  /** The number of workers. */
  readonly workers: number;
  /** Returns the transactional id of a worker; `undefined` without transactions. */
  readonly transactionalId: (index: number) => string | undefined;
  /** True when damaged rows can be dropped and restored. */
  readonly mends: boolean;
  /** Receives the phase of each worker. */
  readonly phase: (index: number, phase: WorkerPhase) => void;
}

/** The workers of a process and the state that they share. */
export class WorkerPool {
  /** The rows that commits change. */
  readonly changes = new ChangeFeed();
  /** The edges of the open tasks. */
  readonly edges = new WatchedEdges();
  /** The rows of tasks that do not run here. */
  readonly copies = new StoreCopies();
  readonly #pauses = new Pauses();
  readonly #registry = new TaskRegistry();
  readonly #workers: Worker[] = [];

  /** Opens the workers, which join the group in their first polls. */
  async open({ mends, phase, transactionalId, workers, ...options }: WorkerPoolOptions, parts: Parts): Promise<void> {
    const { telemetry } = options.metrics;
    const limits = new CallLimits(telemetry);
    telemetry?.gauge(instruments.tasks, { 'kstreams.task.state': 'running' }, () => this.tasks.running.length);
    telemetry?.gauge(instruments.tasks, { 'kstreams.task.state': 'opening' }, () => this.tasks.opening.length);
    for (let index = 0; index < workers; index++) {
      phase(index, 'created');
      const worker = await Worker.open({
        ...options,
        index,
        limits,
        changes: this.changes,
        edges: this.edges,
        copies: this.copies,
        pauses: this.#pauses,
        registry: this.#registry,
        transactionalId: transactionalId(index),
        mend: mends ? () => this.#mend(options.bytes) : undefined,
        phase: (one) => phase(index, one),
      });
      this.#workers.push(worker);
      parts.add(worker);
    }
  }

  /** The workers, by their index. */
  get workers(): readonly Worker[] {
    return this.#workers;
  }

  /** The tasks of all workers, by their ids. */
  get tasks(): HeldTasks {
    return {
      running: this.#workers.flatMap(({ tasks }) => tasks.running.map(({ id }) => id)),
      opening: this.#workers.flatMap(({ tasks }) => tasks.opening),
    };
  }

  /** The open stores of all running tasks. */
  get stores(): readonly OpenStore[] {
    return this.#workers.flatMap(({ tasks }) => tasks.running.flatMap(({ stores }) => stores.open));
  }

  /** Returns the position of the task of a store in a topic, as `Task.position` does. */
  position(store: OpenStore, topic: string, isolation: Isolation): number | undefined {
    const tasks = this.#workers.flatMap(({ tasks: { running } }) => running);
    return tasks.find(({ stores }) => stores.open.some((one) => one === store))?.position(topic, isolation);
  }

  /** Stops all workers without a commit. */
  halt(): void {
    for (const worker of this.#workers) worker.halt();
  }

  /** Pauses a topic; all topics without one. */
  pause(topic?: string): void {
    this.#pauses.pause(topic);
    this.wake();
  }

  /** Resumes a topic; all topics without one. */
  resume(topic?: string): void {
    this.#pauses.resume(topic);
    this.wake();
  }

  /** Wakes all workers. */
  wake(): void {
    for (const worker of this.#workers) worker.wake();
  }

  /** Drops damaged rows once all workers have closed their tasks; the tasks restore them from the changelogs. */
  async #mend(bytes: ByteStore): Promise<void> {
    while (bytes.damage !== undefined) {
      this.wake();
      await this.#registry.empty();
      this.copies.clear();
      await bytes.mend?.();
    }
  }
}
