import { ConfigError } from '../../graph/errors.js';
import type { Partitioner } from '../../graph/node.js';
import { appendNode } from '../append.js';
import { type ChainPosition, serdeOf, stepName } from '../chain.js';
import type { Named } from '../options.js';

/** The options of `repartition`. */
export interface RepartitionOptions<K, V> extends Named {
  /** The number of partitions; that of the widest topic upstream unless set. */
  readonly partitions?: number;
  /** Returns the partition of a record; the murmur2 hash of its key unless set, as in Kafka. */
  readonly partitioner?: Partitioner<K, V>;
}

/**
 * Appends a repartition topic, named after the step.
 *
 * @throws ConfigError for a number of partitions that is not a whole number of at least 1.
 */
export const appendRepartition = <K, V>(from: ChainPosition, options: RepartitionOptions<K, V>): ChainPosition => {
  const { partitions } = options;
  if (partitions !== undefined && !(Number.isInteger(partitions) && partitions > 0)) {
    throw new ConfigError(`repartition cannot have ${partitions} partitions: use a whole number of at least 1`);
  }
  const { id, named } = stepName(from.chain, 'repartition', options.name);
  const repartition = {
    name: id,
    key: serdeOf(from, 'key', 'repartition'),
    value: serdeOf(from, 'value', 'repartition'),
    partitions,
    partitioner: options.partitioner as Partitioner<unknown, unknown> | undefined,
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
