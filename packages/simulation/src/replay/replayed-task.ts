import type { Clock } from '@kstreams/core/graph';
import { type OpenTaskOptions, openTask, type Task } from '@kstreams/runtime';
import type { Punctuation, TaskStep } from '../history/task-step.js';
import { ScriptedNodes } from './scripted-nodes.js';

/** A task that runs committed steps again, at their times. */
export class ReplayedTask {
  readonly task: Task;
  readonly #script: ScriptedNodes;
  /** The wall-clock time that nodes see. */
  #wall = 0;
  /** The monotonic time of the runtime. It advances only to make punctuations due. */
  #elapsed = 0;

  constructor(options: Omit<OpenTaskOptions, 'clock'>) {
    const clock: Clock = { now: () => this.#wall, monotonic: () => this.#elapsed, after: () => () => {} };
    this.#script = new ScriptedNodes(() => this.#wall);
    const { subtopology } = options;
    const nodes = this.#script.nodes(subtopology.nodes);
    this.task = openTask({ ...options, clock, subtopology: { ...subtopology, nodes } }).start();
  }

  /** Runs a step. */
  async run(step: TaskStep): Promise<void> {
    this.#wall = step.wall;
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
      case 'punctuation':
        this.#punctuate(step.punctuation);
    }
  }

  /** Ends the steps of a commit. */
  committed(): void {
    this.#script.committed();
    this.task.committed();
  }

  /** Runs a punctuation as a call after an idle time, since that is due at once. */
  #punctuate(punctuation: Punctuation): void {
    const { idle } = this.task;
    const cancel = this.#script.due(punctuation);
    idle.observe(true, 0, this.#elapsed);
    this.#elapsed++;
    this.task.fireIdle();
    idle.end();
    cancel();
  }
}
