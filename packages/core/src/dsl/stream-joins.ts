import type { Given } from './callback.js';
import type { GlobalTable } from './global-table.js';
import { type JoinOptions, joinAt, type TableJoinOptions } from './join.js';
import type { KeyMatch, StreamMatch } from './match.js';
import type { ChainPosition } from './position.js';
import type { AnyStream, Stream } from './stream.js';
import type { Table } from './table.js';

/** How a stream meets tables and other streams: the part of {@link Stream} that joins. */
export class StreamJoins<out K, out V> {
  /** Where the chain stands; for operators that append nodes of their own. */
  readonly position: ChainPosition;

  constructor(position: ChainPosition) {
    this.position = position;
  }

  /** Combines each record with the row of the key that it names, dropping it when there is none. */
  join<GK, V2, R>(
    table: GlobalTable<GK, V2>,
    match: KeyMatch<K, NonNullable<V>, GK>,
    joiner: (left: NonNullable<V>, right: NonNullable<V2>, key: K) => Given<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  /** Combines each record with the row of its key, dropping it when there is none. */
  join<V2, R>(
    table: Table<K, V2>,
    joiner: (left: NonNullable<V>, right: NonNullable<V2>, key: K) => Given<R>,
    options?: TableJoinOptions<R>,
  ): Stream<K, R>;
  /** Combines records of both streams whose keys are equal, as far as the match says. */
  join<V2, R>(
    stream: Stream<K, V2>,
    match: StreamMatch,
    joiner: (left: NonNullable<V>, right: NonNullable<V2>, key: K) => Given<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  join(...meeting: unknown[]): AnyStream {
    return this.#join('inner', meeting);
  }

  /** As `join`, but keeps every record of this side; the other is undefined where there is none. */
  leftJoin<GK, V2, R>(
    table: GlobalTable<GK, V2>,
    match: KeyMatch<K, NonNullable<V>, GK>,
    joiner: (left: NonNullable<V>, right: NonNullable<V2> | undefined, key: K) => Given<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  leftJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: NonNullable<V>, right: NonNullable<V2> | undefined, key: K) => Given<R>,
    options?: TableJoinOptions<R>,
  ): Stream<K, R>;
  leftJoin<V2, R>(
    stream: Stream<K, V2>,
    match: StreamMatch,
    joiner: (left: NonNullable<V>, right: NonNullable<V2> | undefined, key: K) => Given<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  leftJoin(...meeting: unknown[]): AnyStream {
    return this.#join('left', meeting);
  }

  /** As `join`, but keeps every record of both sides; the other is undefined where there is none. */
  outerJoin<V2, R>(
    stream: Stream<K, V2>,
    match: StreamMatch,
    joiner: (left: NonNullable<V> | undefined, right: NonNullable<V2> | undefined, key: K) => Given<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  outerJoin(...meeting: unknown[]): AnyStream {
    return this.#join('outer', meeting);
  }

  #join(kind: 'inner' | 'left' | 'outer', meeting: readonly unknown[]): AnyStream {
    return this.position.chain.stream(joinAt(kind, this.position, meeting));
  }
}
