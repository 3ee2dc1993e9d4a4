import { ConfigError } from '../graph/errors.js';
import type { AnySerde, Serde } from '../graph/serde.js';
import { keyValue } from '../graph/views/key-value.js';
import { given, refuseAsync } from './callback.js';
import { type Emitting, emitAt } from './emission.js';
import type { AnyJoiner, JoinKind, Match, Meeting } from './match.js';
import type { Named } from './operator.js';
import { tableJoinNode } from './operators/table-join.js';
import { type ChainPosition, madeSerde, serdeOf, stepName } from './position.js';
import type { TableRows } from './table.js';

/** The serde of what a join makes, and its name, after which its stores are named. */
export interface JoinOptions<R> extends Named {
  readonly value?: Serde<R>;
}

/** The options of a join behind the typed border. */
interface LooseOptions extends Named {
  readonly value?: AnySerde;
}

/** Whatever a stream may meet. */
interface Joinable {
  readonly is: Meeting['rightIs'];
  readonly position: ChainPosition;
}

/** How the methods are called, for each kind of join. */
const methods: Readonly<Record<JoinKind, string>> = { inner: 'join', left: 'leftJoin', outer: 'outerJoin' };

/** Joins a stream: with a table by the chain's own match, with anything else by the match that is given. */
export const joinAt = (kind: JoinKind, left: ChainPosition, call: readonly unknown[]): ChainPosition => {
  const [right, ...rest] = call as [Joinable, ...unknown[]];
  const chosen = typeof rest[0] === 'function' ? undefined : (rest.shift() as Match | undefined);
  const [joiner, options = {}] = rest as [AnyJoiner, LooseOptions?];
  const match = chosen ?? left.chain.match;
  const method = methods[kind];
  if (match === undefined) {
    throw new ConfigError(`this ${method} does not say how the sides meet: give it within(…), byKey() or by(…)`);
  }
  refuseAsync(options.name ?? method, joiner);
  const met = match.meet({
    kind,
    left,
    right: right.position,
    leftIs: 'stream',
    rightIs: right.is,
    joiner: (one, other, key) => given(joiner(one, other, key), method),
    name: options.name,
  });
  return { ...met, value: options.value === undefined ? { changedBy: met.node } : { serde: options.value } };
};

/** Joins two tables by their common key; a name keeps the result in a store. */
export const joinTablesAt = (
  kind: JoinKind,
  left: ChainPosition,
  right: ChainPosition,
  joiner: AnyJoiner,
  options: LooseOptions & Emitting,
): [ChainPosition, TableRows] => {
  const { chain } = left;
  const { id, named } = stepName(chain, 'table-join', options.name);
  refuseAsync(id, joiner);
  const serdes = named && {
    key: serdeOf(left, 'key', id),
    value: madeSerde(chain, options.value, 'value', id, 'result'),
  };
  const store = serdes ? keyValue<unknown, unknown>(id, serdes) : undefined;
  chain.graph.append(tableJoinNode(id, kind, left.node, right.node, joiner, store));
  const value = options.value === undefined ? { changedBy: id } : { serde: options.value };
  return [emitAt({ ...left, node: id, value, partitioned: true }, options.emit, named), { store }];
};
