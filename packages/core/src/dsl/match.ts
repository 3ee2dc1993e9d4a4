import type { ChainPosition } from './position.js';

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
  readonly joiner: AnyJoiner;
  readonly name: string | undefined;
}

/**
 * How two sides meet: within time, by key, by another key. A match appends the node of the join and answers where its
 * results are.
 */
export interface Match {
  /** What it is, for errors: `within`, `byKey`. */
  readonly match: string;
  readonly meet: (meeting: Meeting) => ChainPosition;
}

/** A match of a stream with a stream. */
export interface StreamMatch extends Match {
  readonly of: 'streams';
}

/** A match by the stream's own choice of a key. */
export interface KeyMatch<in K, in V, out GK> extends Match {
  readonly of: 'key';
  readonly keyOf: (value: V, key: K) => GK | null | undefined;
}
