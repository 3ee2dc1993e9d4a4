import type { Duration } from '../graph/duration.js';
import type { AnySerde } from '../graph/serde.js';
import type { ChainPosition, TableRows } from './chain.js';

/** The kind of a join: `'inner'` needs both sides, `'left'` the left one, `'outer'` either one. */
export type JoinKind = 'inner' | 'left' | 'outer';

/** The function that combines two values; a missing side is `undefined`. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyJoiner = (left: any, right: any, key: any) => any;

/** Two sides to join, and the options of the call. */
export interface JoinRequest {
  readonly kind: JoinKind;
  readonly left: ChainPosition;
  readonly right: ChainPosition;
  readonly leftIs: 'stream' | 'table';
  readonly rightIs: 'stream' | 'table' | 'global';
  /** The rows of the right side; empty for a stream. */
  readonly rightRows: TableRows;
  readonly joiner: AnyJoiner;
  readonly name: string | undefined;
  /** The time that records of a stream wait for late rows of a table. */
  readonly grace: Duration | undefined;
  /** The serde of results, if the call gives one. */
  readonly value: AnySerde | undefined;
}

/** The output of a join, and its rows if it makes a table. */
export interface JoinResult {
  readonly position: ChainPosition;
  readonly rows: TableRows;
}

/** The condition under which two sides match: within a time, by key, by a foreign key. */
export interface JoinCondition {
  /** The function that made it, for errors: `within`, `byKey`, `by`. */
  readonly name: string;
  /** Appends the nodes of the join and returns its output. */
  readonly join: (request: JoinRequest) => JoinResult;
}

/** A condition for two streams, made by `within`. */
export interface StreamJoinCondition extends JoinCondition {
  readonly of: 'streams';
}

/** A condition that picks the right key from each record or row of the left side, made by `by`. */
export interface KeyJoinCondition<in K, in V, out GK> extends JoinCondition {
  readonly of: 'key';
  readonly keyOf: (value: V, key: K) => GK | null | undefined;
}
