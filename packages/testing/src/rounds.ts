import type { Clock, Outgoing } from '@kstreams/core';
import type { GlobalTables, Task } from '@kstreams/runtime';
import { WaitingRecords } from './waiting-records.js';

/** What a test driver's rounds go through. */
export interface RoundsOptions {
  readonly tasks: readonly Task[];
  readonly globals: GlobalTables;
  readonly clock: Clock;
}

/** Brings records to the tasks that read them, and all that follows from them to its end, round by round. */
export class Rounds {
  readonly #options: RoundsOptions;
  readonly #offsets = new Map<string, number>();
  /** What came since the record in hand, which goes on first. */
  readonly #sent: Outgoing[] = [];
  readonly #waiting = new WaitingRecords();
  #ended: () => void = () => {};

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** True when something reads a topic. */
  reads(topic: string): boolean {
    const { globals, tasks } = this.#options;
    return globals.topics.includes(topic) || tasks.some(({ queues }) => queues.has(topic));
  }

  /** A record is to be read, in its turn. */
  add(record: Outgoing): void {
    this.#sent.push(record);
  }

  /** Processes what waits, to its end, and what the wall clock made due. A failure lets all be forgotten that waits. */
  settle(): void {
    try {
      for (;;) {
        while (this.#options.tasks.some((task) => task.settle() || task.step() === 'done'));
        for (const record of this.#sent.splice(0)) this.#waiting.add(record);
        const next = this.#waiting.take();
        if (next !== undefined) this.#deliver(next);
        else if (!this.#punctuate()) return;
      }
    } catch (thrown) {
      this.#sent.length = 0;
      this.#waiting.clear();
      for (const { queues } of this.#options.tasks) for (const queue of queues.values()) queue.clear();
      throw thrown;
    } finally {
      const now = this.#options.clock.now();
      for (const task of this.#options.tasks) task.idleness.look(task.buffered === 0 && task.intake.idle, now);
    }
  }

  /** As `settle`, until no call is in flight. */
  async settled(): Promise<void> {
    for (;;) {
      this.settle();
      if (this.#options.tasks.every(({ intake }) => intake.inFlight === 0)) return;
      await new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
    }
  }

  /** Calls have ended. */
  ended(): void {
    this.#ended();
  }

  #deliver(record: Outgoing): void {
    const { globals, tasks } = this.#options;
    const offset = this.#offsets.get(record.topic) ?? 0;
    this.#offsets.set(record.topic, offset + 1);
    const received = { ...record, offset };
    if (globals.topics.includes(record.topic)) globals.apply(received);
    else tasks.find(({ queues }) => queues.has(record.topic))?.add(received);
  }

  /** Fires the schedules and lets the batches go that are due; answers whether that led to anything. */
  #punctuate(): boolean {
    const { clock, tasks } = this.#options;
    for (const task of tasks) task.punctuate(clock.now());
    return this.#sent.length > 0 || tasks.some(({ intake }) => intake.completed);
  }
}
