import type { OptionChecks } from '../../graph/option.js';
import type { StreamRecord } from '../../graph/record.js';
import type { Encoder } from '../../graph/serde.js';
import { type SinkOptions, sinkChecks, sinkNode } from '../../graph/source-and-sink.js';
import { type ChainPosition, stepName } from '../chain.js';
import { type Named, namedChecks } from '../options.js';

/**
 * The topic of a sink, with encoders of the stream's keys and values; null and undefined are written as Kafka's null.
 * `choose` returns the topic of each record.
 */
export type SinkTopic<K, V> = {
  readonly key: Encoder<NonNullable<K>>;
  readonly value: Encoder<NonNullable<V>>;
} & ({ readonly name: string } | { readonly choose: (record: StreamRecord<K, V>) => string });

/** The checks of the options of `to`. */
export const toChecks: OptionChecks<Named & SinkOptions<unknown, unknown>> = { ...namedChecks, ...sinkChecks };

/** Appends a sink. */
export const appendSink = <K, V>(
  from: ChainPosition,
  topic: SinkTopic<K, V>,
  options: Named & SinkOptions<K, V>,
): void => {
  const { name, ...rest } = options;
  const { id } = stepName(from.chain, 'to', name);
  from.chain.graph.append(
    sinkNode(id, [{ by: 'pipeline', from: from.node }], topic as never, rest as SinkOptions<unknown, unknown>),
  );
};
