import { ConfigError } from '../graph/errors.js';
import type { AnySerde } from '../graph/serde.js';
import { keyValue } from '../graph/views/key-value.js';
import type { AnyJoiner, JoinKind, Match, Meeting } from './match.js';
import { tableJoinNode } from './operators/table-join.js';
import { type ChainPosition, serdeOf, stepName } from './position.js';
import type { TableRows } from './table.js';

/** The serde and the name that a join is given. */
interface Options {
  readonly name?: string;
  readonly value?: AnySerde;
}

/** Joins a stream: with a table by the chain's own match, with anything else by the match that is given. */
export const joinAt = (
  kind: JoinKind,
  left: { readonly position: ChainPosition },
  call: readonly unknown[],
): ChainPosition => {
  const [right, ...rest] = call as [
    { readonly is: Meeting['rightIs']; readonly position: ChainPosition },
    ...unknown[],
  ];
  const given = typeof rest[0] === 'function' ? undefined : (rest.shift() as Match);
  const [joiner, options] = rest as [AnyJoiner, Options?];
  const match = given ?? left.position.chain.match;
  if (match === undefined) {
    throw new ConfigError(`this join does not say how the sides meet: give it within(…), byKey() or by(…)`);
  }
  const met = match.meet({
    kind,
    left: left.position,
    right: right.position,
    leftIs: 'stream',
    rightIs: right.is,
    joiner,
    name: options?.name,
  });
  return { ...met, value: options?.value === undefined ? { changedBy: met.node } : { serde: options.value } };
};

/** Joins two tables by their common key; a name keeps the result in a store. */
export const joinTablesAt = (
  kind: JoinKind,
  left: { readonly position: ChainPosition },
  right: { readonly position: ChainPosition },
  joiner: AnyJoiner,
  options: Options,
): [ChainPosition, TableRows] => {
  const { chain } = left.position;
  const { id, named } = stepName(chain, 'table-join', options.name);
  const value = options.value === undefined ? { changedBy: id } : { serde: options.value };
  const after = { ...left.position, node: id, value, partitioned: true };
  const key = named ? serdeOf(left.position, 'key', 'join') : undefined;
  const store = key && keyValue<unknown, unknown>(id, { key, value: serdeOf(after, 'value', 'join', 'result') });
  chain.graph.append(tableJoinNode(id, kind, left.position.node, right.position.node, joiner, store));
  return [after, { store }];
};
