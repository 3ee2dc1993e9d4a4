import type { Duration } from '../graph/duration.js';
import { ConfigError } from '../graph/errors.js';
import type { AnySerde, Serde } from '../graph/serde.js';
import { keyValue } from '../state/key-value.js';
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

/** How a stream is joined with a table. */
export interface TableJoinOptions<R> extends JoinOptions<R> {
  /**
   * How long records wait, by the timestamps of those that come, for rows that come late; the table needs a history of
   * at least that. Without it each is joined at once.
   */
  readonly grace?: Duration;
}

/** The options of a join behind the typed border. */
interface LooseOptions extends Named {
  readonly value?: AnySerde;
  readonly grace?: Duration;
}

/** Whatever a stream may meet. */
interface Joinable {
  readonly is: Meeting['rightIs'];
  readonly position: ChainPosition;
  readonly rows?: TableRows;
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
  const { position } = match.meet({
    kind,
    left,
    right: right.position,
    leftIs: 'stream',
    rightIs: right.is,
    rightRows: right.rows ?? {},
    joiner: (one, other, key) => given(joiner(one, other, key), method),
    name: options.name,
    grace: options.grace,
    value: options.value,
  });
  return { ...position, value: valueAfter(position, options) };
};

/** Joins a table: with the rows of equal keys, or as the match says. */
export const joinTableAt = (
  kind: JoinKind,
  left: ChainPosition,
  call: readonly unknown[],
): [ChainPosition, TableRows] => {
  const [right, ...rest] = call as [Joinable, ...unknown[]];
  if (typeof rest[0] === 'function') {
    const [joiner, options = {}] = rest as [AnyJoiner, (LooseOptions & Emitting)?];
    return joinTablesAt(kind, left, right.position, joiner, options);
  }
  const [match, joiner, options = {}] = rest as [Match, AnyJoiner, (LooseOptions & Emitting)?];
  refuseAsync(options.name ?? methods[kind], joiner);
  const { position, rows } = match.meet({
    kind,
    left,
    right: right.position,
    leftIs: 'table',
    rightIs: right.is,
    rightRows: right.rows ?? {},
    joiner,
    name: options.name,
    grace: options.grace,
    value: options.value,
  });
  const after = { ...position, value: valueAfter(position, options) };
  return [emitAt(after, options.emit, options.name !== undefined), rows];
};

/** What is known of the values that a join makes. */
const valueAfter = ({ node }: ChainPosition, { value }: LooseOptions): ChainPosition['value'] =>
  value === undefined ? { changedBy: node } : { serde: value };

/** Joins two tables by their common key; a name keeps the result in a store. */
const joinTablesAt = (
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
  const position = { ...left, node: id, partitioned: true };
  return [emitAt({ ...position, value: valueAfter(position, options) }, options.emit, named), { store }];
};
