import { type Admin, type Clock, TransportError, WakeSignal } from '@kstreams/core/graph';
import type { SubscriptionPlan } from './subscription-plan.js';

/** What a watch looks at, and whom it tells. */
export interface TopicWatcherOptions {
  readonly admin: Admin;
  readonly clock: Clock;
  /** How often it looks, in ms. */
  readonly interval: number;
  readonly subscriptions: SubscriptionPlan;
  /** Is told of the topics that have begun to match, once they are part of what is read. */
  readonly joined: (topics: readonly string[]) => void;
}

/** Looks now and then for topics that have begun to match a pattern. A log that does not answer is asked again later. */
export class TopicWatcher {
  readonly #options: TopicWatcherOptions;
  #stopped = false;
  readonly #signal: WakeSignal;

  constructor(options: TopicWatcherOptions) {
    this.#options = options;
    this.#signal = new WakeSignal(options.clock);
  }

  /** Goes on until `stop` is called, or until a topic matches that cannot be read beside the others. */
  async run(): Promise<void> {
    const { admin, interval, joined, subscriptions } = this.#options;
    for (;;) {
      if (!this.#stopped) await this.#signal.wait(this.#signal.count, interval);
      if (this.#stopped) return;
      const found = await admin.topics().catch(passing);
      const topics = found === undefined ? [] : subscriptions.take(found);
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
