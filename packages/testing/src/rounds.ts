import type { Clock, Outgoing } from '@kstreams/core/graph';
import type { GlobalTables, Task } from '@kstreams/runtime';
import { WaitingRecords } from './waiting-records.js';

/** What a test driver's rounds go through. */
export interface RoundsOptions {
  readonly tasks: readonly Task[];
  readonly globals: GlobalTables;
  readonly clock: Clock;
}

/** Takes a record in. */
type Door = (record: Outgoing) => void;

/** Brings records to the tasks that read them, and all that follows from them to its end, round by round. */
export class Rounds {
  readonly #options: RoundsOptions;
  /** How a record of each topic is handed to its reader; `undefined` for a topic that nobody reads. */
  readonly #doors = new Map<string, Door | undefined>();
  /** What came since the record in hand, which goes on first. */
  readonly #sent: Outgoing[] = [];
  readonly #waiting = new WaitingRecords();
  #ended: () => void = () => {};

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  /** True when something reads a topic. */
  reads(topic: string): boolean {
    return this.#door(topic) !== undefined;
  }

  /** A record is to be read, in its turn. */
  add(record: Outgoing): void {
    this.#sent.push(record);
  }

  /** Processes what waits, to its end, and what the wall clock made due. A failure lets all be forgotten that waits. */
  settle(): void {
    try {
      for (;;) {
        while (this.#options.tasks.some((task) => task.settle() || task.process(1) > 0));
        for (const record of this.#sent.splice(0)) this.#waiting.add(record);
        const next = this.#waiting.take();
        if (next !== undefined) this.#door(next.topic)?.(next);
        else if (!this.#punctuate()) return;
      }
    } catch (thrown) {
      this.#sent.length = 0;
      this.#waiting.clear();
      for (const task of this.#options.tasks) task.clear();
      throw thrown;
    } finally {
      const now = this.#options.clock.now();
      for (const task of this.#options.tasks) task.observeIdle(now);
    }
  }

  /** As `settle`, until no call is in flight. */
  async settled(): Promise<void> {
    for (;;) {
      this.settle();
      if (this.#options.tasks.every(({ intake }) => intake.callsInFlight === 0)) return;
      await new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
    }
  }

  /** Calls have ended. */
  ended(): void {
    this.#ended();
  }

  #door(topic: string): Door | undefined {
    if (!this.#doors.has(topic)) this.#doors.set(topic, this.#open(topic));
    return this.#doors.get(topic);
  }

  #open(topic: string): Door | undefined {
    const { globals, tasks } = this.#options;
    const task = tasks.find(({ queues }) => queues.has(topic));
    const isGlobal = globals.topics.includes(topic);
    if (task === undefined && !isGlobal) return undefined;
    let offset = 0;
    return ({ headers, key, partition, timestamp, value }) => {
      const received = { topic, partition, offset: offset++, timestamp, key, value, headers };
      if (isGlobal) globals.apply(received);
      else task?.add(received);
    };
  }

  /** Fires the schedules and lets the batches go that are due; answers whether that led to anything. */
  #punctuate(): boolean {
    const { clock, tasks } = this.#options;
    for (const task of tasks) task.punctuate(clock.now());
    return this.#sent.length > 0 || tasks.some(({ intake }) => intake.hasResults);
  }
}
