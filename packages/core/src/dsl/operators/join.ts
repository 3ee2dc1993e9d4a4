import type { Duration } from '../../graph/duration.js';
import { ConfigError } from '../../graph/errors.js';
import type { AnySerde, Serde } from '../../graph/serde.js';
import { defined, refuseAsync } from '../callback.js';
import { type ChainPosition, refuseForeign, type TableRows } from '../chain.js';
import type { AnyJoiner, JoinCondition, JoinKind, JoinRequest } from '../join-condition.js';
import type { EmitOptions, Named } from '../options.js';
import { appendEmit } from './emit.js';
import { appendKeyedTableJoin } from './table-join.js';

/** The name of a join, after which its stores are named, and the serde of its results. */
export interface JoinOptions<R> extends Named {
  /** The serde of results; the application's default unless set. */
  readonly value?: Serde<R>;
}

/** The options of a join of a stream with a table. */
export interface TableJoinOptions<R> extends JoinOptions<R> {
  /**
   * The time that stream records wait for late rows, by stream time. The table needs a history of at least that. Records are
   * joined at once unless set.
   */
  readonly grace?: Duration;
}

/** The options of a join without their types. */
interface UntypedOptions extends Named {
  readonly value?: AnySerde;
  readonly grace?: Duration;
}

/** The right side of a join: a stream, table or global table. */
interface Joinable {
  readonly is: JoinRequest['rightIs'];
  readonly position: ChainPosition;
  readonly rows?: TableRows;
}

/** The method of each kind of join, for errors. */
const methods: Readonly<Record<JoinKind, string>> = { inner: 'join', left: 'leftJoin', outer: 'outerJoin' };

/** Appends a join of a stream, under the given condition or the application's default one. */
export const appendStreamJoin = (kind: JoinKind, left: ChainPosition, call: readonly unknown[]): ChainPosition => {
  const [right, ...rest] = call as [Joinable, ...unknown[]];
  const given = typeof rest[0] === 'function' ? undefined : (rest.shift() as JoinCondition | undefined);
  const [joiner, options = {}] = rest as [AnyJoiner, UntypedOptions?];
  const condition = given ?? left.chain.joinCondition;
  const method = methods[kind];
  if (condition === undefined) {
    throw new ConfigError(`this ${method} has no condition: give it within(…), byKey() or by(…)`);
  }
  refuseAsync(options.name ?? method, joiner);
  refuseForeign(options.name ?? method, left, right.position);
  const { position } = condition.join({
    kind,
    left,
    right: right.position,
    leftIs: 'stream',
    rightIs: right.is,
    rightRows: right.rows ?? {},
    joiner: (one, other, key) => defined(joiner(one, other, key), method),
    name: options.name,
    grace: options.grace,
    value: options.value,
  });
  return { ...position, value: valueAfter(position, options) };
};

/** Appends a join of a table: by equal keys, or under the given condition. */
export const appendTableJoin = (
  kind: JoinKind,
  left: ChainPosition,
  call: readonly unknown[],
): [ChainPosition, TableRows] => {
  const [right, ...rest] = call as [Joinable, ...unknown[]];
  const given = typeof rest[0] === 'function' ? undefined : (rest.shift() as JoinCondition);
  const [joiner, options = {}] = rest as [AnyJoiner, (UntypedOptions & EmitOptions)?];
  refuseAsync(options.name ?? methods[kind], joiner);
  refuseForeign(options.name ?? methods[kind], left, right.position);
  const { position, rows } =
    given === undefined
      ? appendKeyedTableJoin(kind, left, right.position, joiner, options)
      : given.join({
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
  return [appendEmit(after, options.emit, options.name !== undefined), rows];
};

const valueAfter = ({ node }: ChainPosition, { value }: UntypedOptions): ChainPosition['value'] =>
  value === undefined ? { changedBy: node } : { serde: value };
