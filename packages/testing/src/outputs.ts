import { ConfigError, type Outgoing, type Plan, sinkTopic } from '@kstreams/core/graph';
import { quoted } from './quoted.js';

/** What was written to one topic. */
export interface Written {
  /** How many records there were in all. */
  total: number;
  /** Those that nobody has read yet, in order. */
  readonly unread: Outgoing[];
}

/** What a topology wrote, by topic. */
export class Outputs {
  readonly #topics = new Map<string, Written>();
  /** The topics of all sinks, undefined where one chooses them per record. */
  readonly #sinks: readonly (string | undefined)[];
  readonly #others: boolean;

  /** `others` says that records may go to more topics than the sinks name: to those of dead letters. */
  constructor({ name, subtopologies }: Plan, others: boolean) {
    const sinks = subtopologies.flatMap(({ nodes }) => nodes.filter((node) => node.kind === 'sink'));
    this.#sinks = sinks.map((sink) => sinkTopic(name, sink));
    this.#others = others || this.#sinks.includes(undefined);
  }

  add(record: Outgoing): void {
    const written = this.#of(record.topic);
    written.total++;
    written.unread.push(record);
  }

  /** What was written to a topic, now and later. Throws when nothing writes there. */
  of(topic: string): Written {
    if (this.#others || this.#sinks.includes(topic)) return this.#of(topic);
    throw new ConfigError(`nothing writes topic "${topic}"; the topology writes ${quoted(this.#sinks)}`);
  }

  /** The topics that hold records, in the order of their first record; only those with unread ones if asked so. */
  topics(which: 'all' | 'unread'): readonly string[] {
    const holds = ({ total, unread }: Written): boolean => (which === 'all' ? total : unread.length) > 0;
    return [...this.#topics].filter(([, written]) => holds(written)).map(([topic]) => topic);
  }

  #of(topic: string): Written {
    const written = this.#topics.get(topic) ?? { total: 0, unread: [] };
    this.#topics.set(topic, written);
    return written;
  }
}
