import type { AnyStoreSpec, Plan, Subtopology, TopicDescription } from '@kstreams/core/graph';
import { type Assignment, assignmentOf, taskCount } from './assignment.js';
import { checkPartitions } from './check-partitions.js';
import { matchPatterns } from './match-patterns.js';

type Topics = ReadonlyMap<string, TopicDescription>;

/** What an application reads, and how that is divided among its workers. It grows when topics begin to match a pattern. */
export class SubscriptionPlan {
  readonly #planned: Plan;
  readonly #topics: Map<string, TopicDescription>;
  #plan: Plan;
  #assignment: Assignment;

  /** `plan` is the planned one with its patterns matched against `topics`. */
  constructor(planned: Plan, plan: Plan, topics: Topics) {
    this.#planned = planned;
    this.#topics = new Map(topics);
    this.#plan = plan;
    this.#assignment = assignmentOf(plan, topics);
  }

  /** The topics of the log that are known here. */
  get topics(): Topics {
    return this.#topics;
  }

  /** What is read now; another one once topics have joined. */
  get plan(): Plan {
    return this.#plan;
  }

  /** The stores that tasks keep. */
  get stores(): readonly AnyStoreSpec[] {
    return this.#plan.subtopologies.flatMap(({ stores }) => stores);
  }

  /** How many tasks a sub-topology has. */
  taskCount(subtopology: Subtopology): number {
    return taskCount(this.#plan, subtopology, (topic) => this.#topics.get(topic)?.partitions);
  }

  /** Over how many partitions the rows of a store are spread. */
  partitionsOf(store: AnyStoreSpec): number {
    const owner = this.#plan.subtopologies.find(({ stores }) => stores.includes(store));
    return owner === undefined ? 1 : this.taskCount(owner);
  }

  /** Another one once topics have joined. */
  get assignment(): Assignment {
    return this.#assignment;
  }

  /** Takes in the topics that are new on the log, and answers those of them that a pattern matches. */
  take(found: Topics): readonly string[] {
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
