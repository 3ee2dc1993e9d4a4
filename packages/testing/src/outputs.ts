import { ConfigError, type Outgoing, type Plan, sinkTopic } from '@kstreams/core/graph';
import { deadLettersOf } from '@kstreams/runtime';
import { quoted } from './quoted.js';

/** The records written to one topic. */
export interface Written {
  /** The number of records in total. */
  total: number;
  /** The unread records, in order. */
  readonly unread: Outgoing[];
}

/** The output of a topology, by topic. */
export class Outputs {
  readonly #topics = new Map<string, Written>();
  /** The topics of all sinks; undefined if a sink chooses them per record. */
  readonly #sinks: readonly (string | undefined)[];
  readonly #others: boolean;
  /** The topics of dead letters, where the test declares them. */
  readonly #deadLetters: readonly string[] | undefined;

  /**
   * `others` allows topics that no sink names: dead letters of the driver's policy. Those of a step's own are allowed too.
   * With `deadLetters` these are the only ones.
   */
  constructor(plan: Plan, others: boolean, deadLetters: readonly string[] | undefined) {
    const { name, subtopologies } = plan;
    this.#deadLetters = deadLetters && deadLettersOf(plan, deadLetters);
    const nodes = subtopologies.flatMap((subtopology) => subtopology.nodes);
    const sinks = nodes.filter((node) => node.kind === 'sink');
    const judges = nodes.some((node) => node.kind === 'processor' && node.async?.onError !== undefined);
    this.#sinks = sinks.map((sink) => sinkTopic(name, sink));
    this.#others = others || judges || this.#sinks.includes(undefined);
  }

  add(record: Outgoing): void {
    this.#checkDeadLetter(record.topic);
    const written = this.#of(record.topic);
    written.total++;
    written.unread.push(record);
  }

  /** Returns the records of a topic, now and later. Throws if no sink writes to the topic. */
  of(topic: string): Written {
    if (this.#others || this.#sinks.includes(topic)) return this.#of(topic);
    throw new ConfigError(`nothing writes topic "${topic}"; the topology writes ${quoted(this.#sinks)}`);
  }

  /**
   * Returns the topics with records, in the order of their first record; with `unread`, only those with unread
   * records.
   */
  topics(which: 'all' | 'unread'): readonly string[] {
    const holds = ({ total, unread }: Written): boolean => (which === 'all' ? total : unread.length) > 0;
    return [...this.#topics].filter(([, written]) => holds(written)).map(([topic]) => topic);
  }

  #checkDeadLetter(topic: string): void {
    const declared = this.#deadLetters;
    if (declared === undefined || declared.includes(topic)) return;
    if (this.#sinks.includes(topic) || this.#sinks.includes(undefined)) return;
    throw new ConfigError(
      `a dead letter goes to topic "${topic}", but \`deadLetters\` names ${quoted(declared)}: add it`,
    );
  }

  #of(topic: string): Written {
    const written = this.#topics.get(topic) ?? { total: 0, unread: [] };
    this.#topics.set(topic, written);
    return written;
  }
}
