import { type Duration, toMilliseconds } from '../graph/duration.js';
import { ConfigError } from '../graph/errors.js';
import { appendNode } from './append.js';
import { emitNode } from './operators/emit.js';
import { type ChainPosition, serdeOf } from './position.js';

/**
 * When a table hands its updates on: each at once; the last of each key before a commit; or the last of each key at most
 * once in so long, also while nothing comes. Rows are up to date in any case, for lookups and queries too.
 */
export type Emission = 'on-update' | 'on-commit' | { readonly every: Duration };

/** How often a table hands its updates on. */
export interface Emitting {
  /** Each update at once unless set. */
  readonly emit?: Emission;
}

/** The position behind a table that hands its updates on as it is told to. */
export const emitAt = (from: ChainPosition, emit: Emission | undefined, named: boolean): ChainPosition => {
  if (emit === undefined || emit === 'on-update') return from;
  const { node } = from;
  const serdes = { key: serdeOf(from, 'key', `${node} with emit`), value: serdeOf(from, 'value', `${node} with emit`) };
  return appendNode(from, emitNode(node, serdes, intervalOf(emit, node), named));
};

const intervalOf = (emit: Exclude<Emission, 'on-update'>, table: string): number | undefined => {
  if (emit === 'on-commit') return undefined;
  const every = toMilliseconds(emit.every, `the interval of emissions of ${table}`);
  if (every > 0) return every;
  throw new ConfigError(`${table} cannot emit every 0 ms: use 'on-update' for each update at once`);
};
