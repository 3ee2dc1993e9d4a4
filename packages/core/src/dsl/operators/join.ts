import { checkAbsent, checkFunctions, checkOptions, checkValue } from '../../graph/check-options.js';
import type { Duration } from '../../graph/duration.js';
import { ConfigError } from '../../graph/errors.js';
import { type OptionCheck, type OptionChecks, option } from '../../graph/option.js';
import type { AnySerde, Serde } from '../../graph/serde.js';
import { refuseAsync, synchronous } from '../../graph/synchronous.js';
import { defined } from '../callback.js';
import { type ChainPosition, refuseForeign, type TableRows } from '../chain.js';
import type { AnyJoiner, JoinCondition, JoinKind, JoinRequest } from '../join-condition.js';
import { type EmitOptions, emitChecks, type Named, valueChecks } from '../options.js';
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

/** The checks of {@link JoinOptions}. */
const joinChecks: OptionChecks<JoinOptions<unknown>> = valueChecks;

/** The checks of {@link TableJoinOptions}. */
const tableJoinChecks: OptionChecks<TableJoinOptions<unknown>> = { ...joinChecks, grace: option.duration };

/** The checks of the options of a join of two tables. */
const rowJoinChecks: OptionChecks<JoinOptions<unknown> & EmitOptions> = { ...joinChecks, ...emitChecks };

/** The options of all joins without their types. */
interface UntypedOptions extends Named, EmitOptions {
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

/** The other side of a join or a merge. */
export const joinable: OptionCheck = {
  takes: 'a stream or a table',
  accepts: (value) => typeof value === 'object' && value !== null && 'is' in value && 'position' in value,
};

const joinCondition = option.having('a condition, such as within(…), byKey() or by(…)', 'join');

/** The arguments of a join, with or without a condition. */
interface JoinCall {
  readonly right: Joinable;
  readonly given: JoinCondition | undefined;
  readonly joiner: AnyJoiner;
  readonly options: UntypedOptions;
}

const readCall = (method: string, [right, ...rest]: readonly unknown[]): JoinCall => {
  checkValue(`the other side of ${method}`, right, joinable);
  const given = typeof rest[0] === 'function' ? undefined : rest.shift();
  const [joiner, options = {}, extra] = rest;
  if (given !== undefined) checkValue(`the condition of ${method}`, given, joinCondition);
  checkFunctions(method, { joiner });
  checkAbsent(`the argument after the options of ${method}`, extra, 'remove it');
  return { right, given, joiner, options } as JoinCall;
};

/** Appends a join of a stream, under the given condition or the application's default one. */
export const appendStreamJoin = (kind: JoinKind, left: ChainPosition, call: readonly unknown[]): ChainPosition => {
  const method = methods[kind];
  const { given, joiner, options, right } = readCall(method, call);
  checkOptions(method, options, right.is === 'table' ? tableJoinChecks : joinChecks);
  const condition = given ?? left.chain.joinCondition;
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
  const method = methods[kind];
  const { given, joiner: combine, options, right } = readCall(method, call);
  checkOptions(method, options, rowJoinChecks);
  const joiner = synchronous(options.name ?? method, combine);
  refuseForeign(options.name ?? method, left, right.position);
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
  return [appendEmit(after, options.emit, { named: options.name !== undefined }), rows];
};

const valueAfter = ({ node }: ChainPosition, { value }: UntypedOptions): ChainPosition['value'] =>
  value === undefined ? { changedBy: node } : { serde: value };
