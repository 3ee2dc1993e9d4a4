import { type SinkOptions, sinkNode } from '../../graph/endpoints.js';
import type { StreamRecord } from '../../graph/record.js';
import type { Encoder } from '../../graph/serde.js';
import type { Named } from '../operator.js';
import { type ChainPosition, stepName } from '../position.js';

/**
 * What a stream can be written to: anything that can encode its keys and values, where null and undefined are written as
 * Kafka's null; with `choose` the topic is chosen per record.
 */
export type SinkTopic<K, V> = {
  readonly key: Encoder<NonNullable<K>>;
  readonly value: Encoder<NonNullable<V>>;
} & ({ readonly name: string } | { readonly choose: (record: StreamRecord<K, V>) => string });

/** Writes records to a topic. */
export const sinkAt = <K, V>(from: ChainPosition, topic: SinkTopic<K, V>, options: Named & SinkOptions<K, V>): void => {
  const { name, ...rest } = options;
  const { id } = stepName(from.chain, 'to', name);
  from.chain.graph.append(
    sinkNode(id, [{ by: 'pipeline', from: from.node }], topic as never, rest as SinkOptions<unknown, unknown>),
  );
};
