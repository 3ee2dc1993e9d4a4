import { type Outgoing, Pending, type Received } from '@kstreams/core/graph';
import type { GlobalTables, Task } from '@kstreams/runtime';
import { WaitingRecords } from './waiting-records.js';

/** Passes a record to its reader. */
type Deliver = (record: Outgoing) => void;

/** Passes records to the tasks that read them, and processes everything that follows from them. */
export class RecordLoop {
  #tasks: readonly Task[] = [];
  #globals: GlobalTables | undefined;
  /** The offset of the next record by topic. */
  readonly #offsets = new Map<string, number>();
  /** By topic; `undefined` for a topic without a reader. */
  readonly #readers = new Map<string, Deliver | undefined>();
  /** Output since the last record, which is ordered before the next one is chosen. */
  readonly #sent: Outgoing[] = [];
  readonly #waiting = new WaitingRecords();
  /** Records of global tables that wait for a value. */
  readonly #waitingGlobals: Received[] = [];
  #globalLoad: Promise<unknown> | undefined;
  #woken: () => void = () => {};

  /** Passes records to other tasks and global tables from now on. */
  use(tasks: readonly Task[], globals: GlobalTables): void {
    this.#tasks = tasks;
    this.#globals = globals;
    this.#readers.clear();
  }

  /** True when a task or a global table reads a topic. */
  reads(topic: string): boolean {
    return this.#readerOf(topic) !== undefined;
  }

  /** Adds a record to be processed by `run`. */
  add(record: Outgoing): void {
    this.#sent.push(record);
  }

  /** Processes all waiting records, and what is due on the wall clock. A failure drops the records that still wait. */
  run(): void {
    try {
      for (;;) {
        while (this.#tasks.some((task) => task.settle() || task.process(1) > 0));
        for (const record of this.#sent.splice(0)) this.#waiting.add(record);
        const next = this.#waiting.take();
        if (next !== undefined) this.#readerOf(next.topic)?.(next);
        else if (!this.#punctuate()) return;
      }
    } catch (thrown) {
      this.#sent.length = 0;
      this.#waiting.clear();
      for (const task of this.#tasks) task.clear();
      throw thrown;
    } finally {
      for (const task of this.#tasks) task.observeIdle();
    }
  }

  /** Runs until no call is in flight and nothing waits for a value that is not loaded. */
  async settled(): Promise<void> {
    for (;;) {
      this.run();
      if (this.#globalLoad !== undefined) await this.#applyWaiting(this.#globalLoad);
      else if (this.#tasks.every((task) => task.intake.callsInFlight === 0 && !task.loading)) return;
      else {
        await new Promise<void>((resolve) => {
          this.#woken = resolve;
        });
      }
    }
  }

  /** Continues `settled`, since calls have ended. */
  wake(): void {
    this.#woken();
  }

  #readerOf(topic: string): Deliver | undefined {
    if (!this.#readers.has(topic)) this.#readers.set(topic, this.#findReader(topic));
    return this.#readers.get(topic);
  }

  #findReader(topic: string): Deliver | undefined {
    const task = this.#tasks.find(({ queues }) => queues.has(topic));
    const isGlobal = this.#globals?.topics.includes(topic) === true;
    if (task === undefined && !isGlobal) return undefined;
    return ({ headers, key, partition, timestamp, value }) => {
      const offset = this.#offsets.get(topic) ?? 0;
      this.#offsets.set(topic, offset + 1);
      const received = { topic, partition, offset, timestamp, key, value, headers };
      if (isGlobal) this.#applyGlobal(received);
      else task?.add(received);
    };
  }

  /** Applies a record to a global table, after those that wait for a value. */
  #applyGlobal(received: Received): void {
    if (this.#globalLoad !== undefined) {
      this.#waitingGlobals.push(received);
      return;
    }
    try {
      this.#globals?.apply(received);
    } catch (thrown) {
      if (!(thrown instanceof Pending)) throw thrown;
      this.#globalLoad = thrown.until;
      this.#waitingGlobals.push(received);
    }
  }

  async #applyWaiting(load: Promise<unknown>): Promise<void> {
    await load;
    this.#globalLoad = undefined;
    for (const received of this.#waitingGlobals.splice(0)) this.#applyGlobal(received);
  }

  /** Fires due schedules and lets batches go out. Returns true if that led to more work. */
  #punctuate(): boolean {
    const tasks = this.#tasks;
    for (const task of tasks) {
      task.punctuate();
      task.fireCaughtUp();
    }
    return this.#sent.length > 0 || tasks.some(({ intake }) => intake.hasResults);
  }
}
