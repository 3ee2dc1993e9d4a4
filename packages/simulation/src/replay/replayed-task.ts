import type { Clock } from '@kstreams/core/graph';
import { type OpenTaskOptions, openTask, type Task } from '@kstreams/runtime';
import type { DueCall, TaskStep } from '../history/task-step.js';
import { ScriptedNodes } from './scripted-nodes.js';

/** A task that runs committed steps again, at their times. */
export class ReplayedTask {
  readonly task: Task;
  readonly #script: ScriptedNodes;
  /** The wall-clock time that nodes see. */
  #wall = 0;
  /** The wall-clock time of the runtime. It makes exactly the calls of a step due. */
  #now = 0;
  /** The monotonic time of the runtime. It advances only to make calls after an idle time due. */
  #elapsed = 0;

  constructor(options: Omit<OpenTaskOptions, 'clock'>) {
    const clock: Clock = { now: () => this.#now, monotonic: () => this.#elapsed, after: () => () => {} };
    this.#script = new ScriptedNodes(() => this.#wall);
    const { subtopology } = options;
    const nodes = this.#script.nodes(subtopology.nodes);
    this.task = openTask({ ...options, clock, subtopology: { ...subtopology, nodes } }).start();
  }

  /** Runs a step. */
  async run(step: TaskStep): Promise<void> {
    this.#wall = step.wall;
    this.#now = step.wall;
    const { task } = this;
    switch (step.kind) {
      case 'record':
        task.add(step.record);
        task.process(1);
        break;
      case 'result':
        this.#script.resolve(step.node, step.entry, step.value);
        while (!task.intake.hasResults) await undefined;
        task.settle();
        break;
      case 'commit':
        task.prepare();
        task.intake.open();
        break;
      case 'wall':
        this.#fire(step.calls, () => task.punctuate());
        break;
      case 'stream':
      case 'idle':
        this.#fire(step.calls, () => {
          task.observeIdle();
          this.#elapsed++;
          task.fireIdle();
          task.idle.end();
        });
    }
  }

  /** Ends the steps of a commit. */
  prepare(): void {
    this.task.prepare();
    this.#script.committed();
  }

  /** Makes the calls due while `act` runs. */
  #fire(calls: readonly DueCall[], act: () => void): void {
    const cancels = calls.map((call) => {
      this.#now = call.due - 1;
      return this.#script.due(call);
    });
    this.#now = this.#wall;
    act();
    for (const cancel of cancels) cancel();
  }
}
