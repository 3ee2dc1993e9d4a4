import { ConfigError } from '../../graph/errors.js';
import type { Partitioner } from '../../graph/node.js';
import { appendNode } from '../append.js';
import type { Named } from '../operator.js';
import { type ChainPosition, serdeOf, stepName } from '../position.js';

/** How a stream is divided anew. */
export interface RepartitionOptions<K, V> extends Named {
  /** How many partitions; as many as the widest topic upstream unless set. */
  readonly partitions?: number;
  /** Chooses the partition of each record; by its key's murmur2 hash unless set. */
  readonly partitioner?: Partitioner<K, V>;
}

/** Sends records through a topic of the application, named after the step. */
export const repartitionAt = <K, V>(from: ChainPosition, options: RepartitionOptions<K, V>): ChainPosition => {
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
