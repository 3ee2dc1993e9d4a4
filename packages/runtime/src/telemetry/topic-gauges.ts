import type { Cancel, Telemetry } from '@kstreams/core/graph';
import { instruments } from './instruments.js';

/** A partition that this process reads. */
export interface MeasuredPartition {
  readonly topic: string;
  /** Returns the lag, in offsets; `undefined` while it is not known. */
  lag(): number | undefined;
  /** Returns the approximate size of the waiting records, in bytes. */
  bufferedSize(): number;
}

/** Adds gauges of topics, over all their partitions in this process. */
export class TopicGauges {
  readonly #telemetry: Telemetry;
  readonly #topics = new Map<string, { readonly partitions: Set<MeasuredPartition>; readonly remove: Cancel }>();

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry;
  }

  /** Adds a partition. Returns its removal; a topic without partitions has no gauges. */
  add(partition: MeasuredPartition): Cancel {
    const { topic } = partition;
    const { partitions, remove } = this.#topics.get(topic) ?? this.#added(topic);
    partitions.add(partition);
    return () => {
      partitions.delete(partition);
      if (partitions.size > 0) return;
      remove();
      this.#topics.delete(topic);
    };
  }

  #added(topic: string) {
    const partitions = new Set<MeasuredPartition>();
    const attributes = { 'messaging.destination.name': topic };
    const removals = [
      this.#telemetry.gauge(instruments.topicLag, attributes, () => lagOf(partitions)),
      this.#telemetry.gauge(instruments.bufferedSize, attributes, () => sizeOf(partitions)),
    ];
    const added = {
      partitions,
      remove: () => {
        for (const one of removals) one();
      },
    };
    this.#topics.set(topic, added);
    return added;
  }
}

/** Returns the sum of the lags that are known; `undefined` if none is. */
const lagOf = (partitions: Iterable<MeasuredPartition>): number | undefined => {
  const lags = Array.from(partitions, (one) => one.lag()).filter((lag) => lag !== undefined);
  return lags.length === 0 ? undefined : lags.reduce((sum, lag) => sum + lag, 0);
};

const sizeOf = (partitions: Iterable<MeasuredPartition>): number => {
  let size = 0;
  for (const partition of partitions) size += partition.bufferedSize();
  return size;
};
