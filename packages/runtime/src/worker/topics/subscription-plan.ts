import type { AnyStoreSpec, Plan, Subtopology, TopicDescription } from '@kstreams/core/graph';
import { type Assignment, assignmentOf, taskCount } from './assignment.js';
import { checkPartitions } from './check-partitions.js';
import { matchPatterns } from './match-patterns.js';

type Topics = ReadonlyMap<string, TopicDescription>;

/** The topics that an application reads and their assignment. Grows when topics newly match a pattern. */
export class SubscriptionPlan {
  readonly #planned: Plan;
  readonly #topics: Map<string, TopicDescription>;
  #plan: Plan;
  #assignment: Assignment;

  /** `plan` is `planned` with its patterns matched against `topics`. */
  constructor(planned: Plan, plan: Plan, topics: Topics) {
    this.#planned = planned;
    this.#topics = new Map(topics);
    this.#plan = plan;
    this.#assignment = assignmentOf(plan, topics);
  }

  /** The known topics of the log. */
  get topics(): Topics {
    return this.#topics;
  }

  /** The current plan; replaced when topics are added. */
  get plan(): Plan {
    return this.#plan;
  }

  /** The stores that tasks keep. */
  get stores(): readonly AnyStoreSpec[] {
    return this.#plan.subtopologies.flatMap(({ stores }) => stores);
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

  /** The current assignment; replaced when topics are added. */
  get assignment(): Assignment {
    return this.#assignment;
  }

  /** Adds new topics of the log. Returns those that a pattern matches. */
  add(found: Topics): readonly string[] {
    const before = sources(this.#plan);
    for (const [name, topic] of found) if (!this.#topics.has(name)) this.#topics.set(name, topic);
    const plan = matchPatterns(this.#planned, this.#topics.keys());
    const joined = [...sources(plan)].filter((name) => !before.has(name));
    if (joined.length === 0) return joined;
    checkPartitions(plan, (topic) => this.#topics.get(topic)?.partitions);
    this.#plan = plan;
    this.#assignment = assignmentOf(plan, this.#topics);
    return joined;
  }
}

const sources = ({ subtopologies }: Plan): ReadonlySet<string> =>
  new Set(subtopologies.flatMap((one) => one.sources.flatMap(({ topics }) => topics as readonly string[])));
