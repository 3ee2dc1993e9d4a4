import type { Partitioner } from '../../graph/node.js';
import { type OptionChecks, option } from '../../graph/option.js';
import { synchronous } from '../../graph/synchronous.js';
import { appendNode } from '../append.js';
import { type ChainPosition, serdeOf, stepName } from '../chain.js';
import { type Named, namedChecks } from '../options.js';

/** The options of `repartition`. */
export interface RepartitionOptions<K, V> extends Named {
  /** The number of partitions; that of the widest topic upstream unless set. */
  readonly partitions?: number;
  /** Returns the partition of a record; the murmur2 hash of its key unless set, as in Kafka. */
  readonly partitioner?: Partitioner<K, V>;
}

/** The checks of {@link RepartitionOptions}. */
export const repartitionChecks: OptionChecks<RepartitionOptions<unknown, unknown>> = {
  ...namedChecks,
  partitions: option.count,
  partitioner: option.fn,
};

/** Appends a repartition topic, named after the step. */
export const appendRepartition = <K, V>(from: ChainPosition, options: RepartitionOptions<K, V>): ChainPosition => {
  const { id, named } = stepName(from.chain, 'repartition', options.name);
  const repartition = {
    name: id,
    key: serdeOf(from, 'key', 'repartition'),
    value: serdeOf(from, 'value', 'repartition'),
    partitions: options.partitions,
    partitioner: options.partitioner && synchronous(id, options.partitioner as Partitioner<unknown, unknown>),
    named,
    own: true,
  };
  return appendNode(
    from,
    {
      kind: 'processor',
      id,
      operator: 'repartition',
      inputs: [{ by: 'repartition', from: from.node, repartition }],
      stores: [],
      key: 'kept',
      value: 'kept',
      open: ({ forward }) => [forward],
    },
    { partitioned: true },
  );
};
