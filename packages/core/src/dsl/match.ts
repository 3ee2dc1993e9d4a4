import type { Duration } from '../graph/duration.js';
import type { AnySerde } from '../graph/serde.js';
import type { ChainPosition } from './position.js';
import type { TableRows } from './table.js';

/** Which sides of a join may be missing. */
export type JoinKind = 'inner' | 'left' | 'outer';

/** What a join combines values with: `undefined` stands for the side that is missing. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyJoiner = (left: any, right: any, key: any) => any;

/** Two sides about to be joined. */
export interface Meeting {
  readonly kind: JoinKind;
  readonly left: ChainPosition;
  readonly right: ChainPosition;
  readonly rightIs: 'stream' | 'table' | 'global';
  readonly leftIs: 'stream' | 'table';
  /** What the right side knows of its past, where it is a table. */
  readonly rightRows: TableRows;
  readonly joiner: AnyJoiner;
  readonly name: string | undefined;
  /** How long a stream's records wait for rows that come late. */
  readonly grace: Duration | undefined;
  /** How results are written, where the call says so. */
  readonly value: AnySerde | undefined;
}

/** Where the results of a join are, and where they are kept if they are rows. */
export interface Met {
  readonly position: ChainPosition;
  readonly rows: TableRows;
}

/**
 * How two sides meet: within time, by key, by another key. A match appends the node of the join and answers
 * where its results are.
 */
export interface Match {
  /** What it is, for errors: `within`, `byKey`. */
  readonly match: string;
  readonly meet: (meeting: Meeting) => Met;
}

/** A match of a stream with a stream. */
export interface StreamMatch extends Match {
  readonly of: 'streams';
}

/** A match by a key that each record, or row, of the left side chooses. */
export interface KeyMatch<in K, in V, out GK> extends Match {
  readonly of: 'key';
  readonly keyOf: (value: V, key: K) => GK | null | undefined;
}
