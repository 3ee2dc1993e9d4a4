import type { Clock } from '@kstreams/core/graph';
import { Task, type TaskOptions } from '@kstreams/runtime';
import type { DueCall, Turn } from '../history/history.js';
import { ScriptedNodes } from './scripted-nodes.js';

/** A task that does again what the history says, at the times that it says. */
export class ReplayedTask {
  readonly task: Task;
  readonly #script: ScriptedNodes;
  /** The time on the wall, as nodes see it. */
  #wall = 0;
  /** The time on the wall, as the runtime sees it: it makes due what a turn calls, and nothing else. */
  #now = 0;

  constructor(options: Omit<TaskOptions, 'clock'>) {
    const clock: Clock = { now: () => this.#now, after: () => () => {} };
    this.#script = new ScriptedNodes(() => this.#wall);
    const { subtopology } = options;
    const nodes = this.#script.nodes(subtopology.nodes);
    this.task = new Task({ ...options, clock, subtopology: { ...subtopology, nodes } });
  }

  /** Does a turn again. */
  async take(turn: Turn): Promise<void> {
    this.#wall = turn.wall;
    this.#now = turn.wall;
    const { task } = this;
    switch (turn.kind) {
      case 'record':
        task.add(turn.record);
        task.step();
        break;
      case 'result':
        this.#script.answer(turn.node, turn.entry, turn.value);
        while (!task.intake.completed) await undefined;
        task.settle();
        break;
      case 'commit':
        task.prepare();
        task.intake.open();
        break;
      case 'stream':
        this.#call(turn.calls, () => task.punctuate(0));
        break;
      case 'wall':
        this.#call(turn.calls, () => task.punctuate(turn.wall));
        break;
      case 'silence':
        this.#call(turn.calls, () => {
          task.idleness.look(true, turn.wall);
          task.afterSilence(turn.wall);
          task.idleness.end();
        });
    }
  }

  /** All turns before a commit were taken. */
  prepare(): void {
    this.task.prepare();
    this.#script.committed();
  }

  /** Lets something be due while `act` looks at the clock. */
  #call(calls: readonly DueCall[], act: () => void): void {
    const cancels = calls.map((call) => {
      this.#now = call.due - 1;
      return this.#script.due(call);
    });
    this.#now = this.#wall;
    act();
    for (const cancel of cancels) cancel();
  }
}
