import type { Received, TopicPartition } from '@kstreams/core/graph';

/** A partition that is read here. */
export interface ReadPartition extends TopicPartition {
  /** The offset after the last record that was polled. */
  position: number;
  /** Whether the application holds it back. */
  paused: boolean;
  /** Whether the client was told to stop fetching it. */
  stopped: boolean;
  /** Where it ended when the client had given all of it; `undefined` as soon as there is more, or while it is not known. */
  end: number | undefined;
  /** Records that the client gave while they could not be polled, in order. */
  readonly kept: Received[];
  /** Which fetch is the first whose records count: those of earlier ones are from before a seek or another assignment. */
  since: number;
}

/** The partitions of a consumer, found by topic and number without making a key for each record. */
export class Partitions implements Iterable<ReadPartition> {
  readonly #byTopic = new Map<string, (ReadPartition | undefined)[]>();

  find(topic: string, partition: number): ReadPartition | undefined {
    return this.#byTopic.get(topic)?.[partition];
  }

  add(partition: ReadPartition): void {
    const ofTopic = this.#byTopic.get(partition.topic) ?? [];
    ofTopic[partition.partition] = partition;
    this.#byTopic.set(partition.topic, ofTopic);
  }

  delete({ topic, partition }: TopicPartition): void {
    const ofTopic = this.#byTopic.get(topic);
    if (ofTopic === undefined) return;
    delete ofTopic[partition];
    if (ofTopic.every((one) => one === undefined)) this.#byTopic.delete(topic);
  }

  *[Symbol.iterator](): Iterator<ReadPartition> {
    for (const ofTopic of this.#byTopic.values()) {
      for (const one of ofTopic) if (one !== undefined) yield one;
    }
  }
}
