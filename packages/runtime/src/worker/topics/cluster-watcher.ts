import { type Admin, type Clock, type TopicIdentity, TransportError, WakeSignal } from '@kstreams/core/graph';
import type { FoundChange, SubscriptionPlan } from './subscription-plan.js';

/** Options of a watcher. */
export interface ClusterWatcherOptions {
  readonly admin: Admin;
  readonly clock: Clock;
  /** The time between two searches for topics that begin to match a pattern, in ms. */
  readonly matchInterval: number;
  readonly subscriptions: SubscriptionPlan;
  /** Receives the topics that newly match, after they became part of the subscription. */
  readonly joined: (topics: readonly string[]) => void;
  /** Receives the changes that the application continues with, after the plan follows them. */
  readonly changed: (changes: readonly FoundChange[]) => void;
  /** Called once some time after the start; rejects when the group has members of another topology. */
  readonly checkName: () => Promise<void>;
  /** Called before a change stops the application. */
  readonly stopping: () => void;
}

/** The time between two looks at the topics of the application, in ms. */
const shortestInterval = 1_000;
/** The time after the start at which the members of the group are checked, in ms: all that started together have joined. */
const nameCheckAfter = 10_000;
/** The time per watched topic, in ms: 200 topics are described per second at most. */
const intervalPerTopic = 5;
/** The time for which a topic has to be absent to count as deleted, in ms: brokers that restart may leave out topics. */
const longestAbsence = 10_000;

/**
 * Watches the topics of a running application: every second it compares their ids and partition counts with those that the
 * application was planned with. The plan follows what it can; the rest stops the application. At longer intervals it searches
 * for topics that newly match a pattern. Temporary failures of the log are retried.
 */
export class ClusterWatcher {
  readonly #options: ClusterWatcherOptions;
  readonly #signal: WakeSignal;
  /** The monotonic times at which topics were missing first, by name. */
  readonly #absent = new Map<string, number>();
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #lastMatch: number;
  #nameCheckDue: number;
  #stopped = false;

  constructor(options: ClusterWatcherOptions) {
    this.#options = options;
    this.#signal = new WakeSignal(options.clock);
    this.#lastMatch = options.clock.monotonic();
    this.#nameCheckDue = options.clock.monotonic() + nameCheckAfter;
  }

  /** Runs until `stop` is called; rejects when the application cannot continue with a change. */
  async run(): Promise<void> {
    const { clock, matchInterval, stopping, subscriptions } = this.#options;
    for (;;) {
      const seen = this.#signal.count;
      const looks = Math.max(shortestInterval, subscriptions.names.length * intervalPerTopic);
      const match = subscriptions.hasPatterns ? this.#lastMatch + matchInterval - clock.monotonic() : looks;
      if (!this.#stopped) await this.#signal.wait(seen, Math.max(0, Math.min(looks, match)));
      if (this.#stopped) return;
      try {
        await this.check().catch(passing);
        if (clock.monotonic() >= this.#nameCheckDue) await this.#checkName().catch(passing);
        if (subscriptions.hasPatterns && clock.monotonic() >= this.#lastMatch + matchInterval) {
          await this.#match().catch(passing);
        }
      } catch (thrown) {
        stopping();
        throw thrown;
      }
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#signal.notify();
  }

  /**
   * Compares the topics of the application with a description that is requested after this call.
   *
   * @throws TopologyError for a change that the application cannot continue with.
   */
  check(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const previous = this.#current.catch(() => {
      // Its callers have the error.
    });
    const next = previous.then(() => {
      this.#current = next;
      this.#next = undefined;
      return this.#compare(false);
    });
    this.#next = next;
    return next;
  }

  /** Looks for a topic that a record was for: the next record finds it, if it exists. */
  look(topic: string): void {
    this.#options.subscriptions.missed(topic);
    this.check().catch(() => {
      // The next look of `run` has the same error.
    });
  }

  /** Returns the reason for a failure at a topic of the application, if one of them is missing; else the failure. */
  async explain(failure: unknown): Promise<unknown> {
    if (!(failure instanceof TransportError) || failure.location.topic === undefined) return failure;
    return this.#compare(true).then(
      () => failure,
      (thrown: unknown) => (thrown instanceof TransportError ? failure : thrown),
    );
  }

  /** With `certain`, a topic that is absent once counts as deleted. */
  async #compare(certain: boolean): Promise<void> {
    const { admin, changed, subscriptions } = this.#options;
    const { names, topics } = subscriptions;
    const found = await admin.identify(names);
    subscriptions.appear([...found.values()].filter(({ name }) => !topics.has(name)));
    const changes = names.flatMap((name) => this.#change(name, found.get(name), certain));
    if (changes.length === 0) return;
    await subscriptions.follow(changes, ({ topic, partitions }) => admin.grow(topic, partitions));
    changed(changes);
  }

  #change(topic: string, found: TopicIdentity | undefined, certain: boolean): readonly FoundChange[] {
    const known = this.#options.subscriptions.topics.get(topic);
    if (found !== undefined) this.#absent.delete(topic);
    if (known === undefined) return [];
    const { partitions: before } = known;
    if (found === undefined) {
      const now = this.#options.clock.monotonic();
      const since = this.#absent.get(topic) ?? now;
      this.#absent.set(topic, since);
      const gone = certain || now - since >= longestAbsence;
      return gone ? [{ topic, kind: 'deleted', before, now: 0, found }] : [];
    }
    const { id, partitions: now } = found;
    const other = id !== undefined && known.id !== undefined && id !== known.id;
    if (other || now < before) return [{ topic, kind: 'recreated', before, now, found }];
    // Slots that a newer version of the topology adds hold its tasks; more of them would move those of this one.
    if (topic === this.#options.subscriptions.assignment.layout?.topic) return [];
    return now > before ? [{ topic, kind: 'grew', before, now, found }] : [];
  }

  async #checkName(): Promise<void> {
    await this.#options.checkName();
    this.#nameCheckDue = Number.POSITIVE_INFINITY;
  }

  async #match(): Promise<void> {
    const { admin, clock, joined, subscriptions } = this.#options;
    this.#lastMatch = clock.monotonic();
    const found = await admin.topics();
    const topics = await subscriptions.add(found, ({ topic, partitions }) => admin.grow(topic, partitions));
    if (topics.length > 0) joined(topics);
  }
}

const passing = (thrown: unknown): undefined => {
  if (!(thrown instanceof TransportError && thrown.retriable)) throw thrown;
};
