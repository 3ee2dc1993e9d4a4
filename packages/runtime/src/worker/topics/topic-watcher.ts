import { type Admin, type Clock, TransportError, WakeSignal } from '@kstreams/core/graph';
import type { SubscriptionPlan } from './subscription-plan.js';

/** Options of a topic watcher. */
export interface TopicWatcherOptions {
  readonly admin: Admin;
  readonly clock: Clock;
  /** The time between two checks, in ms. */
  readonly interval: number;
  readonly subscriptions: SubscriptionPlan;
  /** Receives the topics that newly match, after they became part of the subscription. */
  readonly joined: (topics: readonly string[]) => void;
}

/** Checks at intervals for topics that newly match a pattern. Temporary failures of the log are retried. */
export class TopicWatcher {
  readonly #options: TopicWatcherOptions;
  #stopped = false;
  readonly #signal: WakeSignal;

  constructor(options: TopicWatcherOptions) {
    this.#options = options;
    this.#signal = new WakeSignal(options.clock);
  }

  /** Runs until `stop` is called; rejects when a matching topic cannot be read together with the others. */
  async run(): Promise<void> {
    const { admin, interval, joined, subscriptions } = this.#options;
    for (;;) {
      if (!this.#stopped) await this.#signal.wait(this.#signal.count, interval);
      if (this.#stopped) return;
      const found = await admin.topics().catch(passing);
      const topics = found === undefined ? [] : subscriptions.add(found);
      if (topics.length > 0) joined(topics);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#signal.notify();
  }
}

const passing = (thrown: unknown): undefined => {
  if (!(thrown instanceof TransportError && thrown.retriable)) throw thrown;
};
