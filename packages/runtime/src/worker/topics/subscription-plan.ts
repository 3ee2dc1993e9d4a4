import {
  type AnyStoreSpec,
  type NodeId,
  type Plan,
  type Subtopology,
  type TopicDescription,
  type TopicIdentity,
  TopologyError,
} from '@kstreams/core/graph';
import { type Assignment, assignmentOf, type SizedTopic, taskCount, tasksToGrow } from './assignment.js';
import { checkPartitions } from './check-partitions.js';
import { judgeTopicChange, type TopicChange } from './judge-topic-change.js';
import { matchPatterns } from './match-patterns.js';
import { type TopicRole, topicRoles } from './topic-roles.js';

type Topics = ReadonlyMap<string, TopicDescription>;

/** A change, with the topic as it is now; undefined for a deleted one. */
export interface FoundChange extends TopicChange {
  readonly found: TopicIdentity | undefined;
}

/** Adds partitions to a topic of tasks, to this number in all. */
export type Grow = (tasks: SizedTopic) => Promise<void>;

/** The topics that an application uses and their assignment. Follows the changes of the topics that it can continue with. */
export class SubscriptionPlan {
  readonly #planned: Plan;
  readonly #patterns: ReadonlySet<NodeId>;
  readonly #topics: Map<string, TopicDescription>;
  /** The topics that records were for and that did not exist. */
  readonly #missing = new Set<string>();
  /** The partition counts at the start, of topics that have grown since. */
  readonly #first = new Map<string, number>();
  #plan: Plan;
  #assignment: Assignment;
  #roles: ReadonlyMap<string, readonly TopicRole[]>;
  #version = 0;
  /** The topics whose readers have to join the group again: since which version, and why. */
  readonly #replaced = new Map<string, { readonly version: number; readonly reason: string }>();
  #lastReplaced = 0;

  /** `plan` is `planned` with its patterns matched against `topics`. */
  constructor(planned: Plan, plan: Plan, topics: Topics) {
    this.#planned = planned;
    const sources = planned.subtopologies.flatMap((subtopology) => subtopology.sources);
    this.#patterns = new Set(sources.filter((source) => source.topics instanceof RegExp).map(({ id }) => id));
    this.#topics = new Map(topics);
    this.#plan = plan;
    this.#assignment = assignmentOf(plan, topics);
    this.#roles = this.#rolesNow();
  }

  /** The known topics of the log. */
  get topics(): Topics {
    return this.#topics;
  }

  /** The current plan; replaced when topics change. */
  get plan(): Plan {
    return this.#plan;
  }

  /** The stores that tasks keep. */
  get stores(): readonly AnyStoreSpec[] {
    return this.#plan.subtopologies.flatMap(({ stores }) => stores);
  }

  /** True when topics may begin to match while the application runs. */
  get hasPatterns(): boolean {
    return this.#patterns.size > 0;
  }

  /** Counts the changes of the plan. */
  get version(): number {
    return this.#version;
  }

  /** The version of the last change for which readers of a topic have to join the group again. */
  get lastReplaced(): number {
    return this.#lastReplaced;
  }

  /** Returns why a reader of these topics, which joined with a version of the plan, has to join the group again, if it has to. */
  reasonToRejoin(since: number, topics: Iterable<string>): string | undefined {
    const reasons = [...new Set(topics)].flatMap((topic) => {
      const { reason = '', version = 0 } = this.#replaced.get(topic) ?? {};
      return version > since ? [reason] : [];
    });
    return reasons.length === 0 ? undefined : reasons.join('; ');
  }

  /** The names of the topics that the application uses, and of those that it looked for. */
  get names(): readonly string[] {
    return [...new Set([...this.#roles.keys(), ...this.#missing])];
  }

  /** Returns the number of tasks of a sub-topology. */
  taskCount(subtopology: Subtopology): number {
    return taskCount(this.#plan, subtopology, (topic) => this.#topics.get(topic)?.partitions);
  }

  /** Returns the number of partitions of a store. */
  partitionsOf(store: AnyStoreSpec): number {
    const owner = this.#plan.subtopologies.find(({ stores }) => stores.includes(store));
    return owner === undefined ? 1 : this.taskCount(owner);
  }

  /** Returns the partition count of a topic at the start of this process. */
  firstPartitions(topic: string): number {
    return this.#first.get(topic) ?? this.#topics.get(topic)?.partitions ?? 0;
  }

  /** The current assignment; replaced when topics change. */
  get assignment(): Assignment {
    return this.#assignment;
  }

  /** Remembers that a record was for a topic that does not exist, so that it is found once it is created. */
  missed(topic: string): void {
    if (this.#missing.size < maxMissing) this.#missing.add(topic);
  }

  /** Adds new topics of the log. Resolves to those that a pattern matches. `grow` adds partitions to a topic of tasks. */
  async add(found: Topics, grow: Grow): Promise<readonly string[]> {
    const before = sources(this.#plan);
    for (const [name, topic] of found) if (!this.#topics.has(name)) this.#topics.set(name, topic);
    const plan = matchPatterns(this.#planned, this.#topics.keys());
    const joined = [...sources(plan)].filter((name) => !before.has(name));
    if (joined.length > 0) await this.#replace(plan, grow);
    return joined;
  }

  /** Adds topics that were missing when a record was for them. */
  appear(found: readonly TopicIdentity[]): void {
    for (const topic of found) {
      this.#missing.delete(topic.name);
      this.#topics.set(topic.name, { ...topic, cleanup: 'unknown' });
    }
  }

  /**
   * Judges changes of known topics and follows them. `grow` adds partitions to a topic of tasks.
   *
   * @throws TopologyError for a change that the application cannot continue with.
   */
  async follow(changes: readonly FoundChange[], grow: Grow): Promise<void> {
    const verdicts = changes.map((change) => judgeTopicChange(change, this.#roles.get(change.topic) ?? []));
    for (const [i, verdict] of verdicts.entries()) {
      if (verdict.kind === 'stop') throw new TopologyError(verdict.reason, { topic: changes[i]?.topic as string });
    }
    for (const { before, found, kind, topic } of changes) {
      const known = this.#topics.get(topic) as TopicDescription;
      if (kind === 'grew' && !this.#first.has(topic)) this.#first.set(topic, before);
      if (kind === 'recreated') this.#first.delete(topic);
      if (found === undefined) this.#topics.delete(topic);
      else this.#topics.set(topic, { ...known, ...found });
    }
    await this.#replace(matchPatterns(this.#planned, this.#topics.keys()), grow);
    for (const [i, verdict] of verdicts.entries()) {
      if (verdict.kind !== 'rejoin') continue;
      this.#lastReplaced = this.#version;
      this.#replaced.set(changes[i]?.topic as string, { version: this.#version, reason: verdict.reason });
    }
  }

  async #replace(plan: Plan, grow: Grow): Promise<void> {
    const partitions = (topic: string): number | undefined => this.#topics.get(topic)?.partitions;
    for (const tasks of tasksToGrow(plan, partitions)) {
      await grow(tasks);
      this.#topics.set(tasks.topic, {
        ...(this.#topics.get(tasks.topic) as TopicDescription),
        partitions: tasks.partitions,
      });
    }
    checkPartitions(plan, partitions);
    this.#plan = plan;
    this.#assignment = assignmentOf(plan, this.#topics);
    this.#roles = this.#rolesNow();
    this.#version++;
  }

  #rolesNow(): ReadonlyMap<string, readonly TopicRole[]> {
    return topicRoles(this.#plan, { topics: this.#topics, patterns: this.#patterns });
  }
}

/** The most names of missing topics that are remembered. */
const maxMissing = 1_000;

const sources = ({ subtopologies }: Plan): ReadonlySet<string> =>
  new Set(subtopologies.flatMap((one) => one.sources.flatMap(({ topics }) => topics as readonly string[])));
