import { type AggregateOptions, type CogroupedStream, refuseAsync, type Table } from '@kstreams/core/dsl';
import { merging } from './session-stream.js';
import type { Aggregation, WindowKind } from './window-kind.js';
import type { Windowed } from './windowed.js';
import { cogroupTable } from './windowed-cogroup.js';

/** Grouped streams that share an aggregate, cut into sessions: one row per key and session. */
export class SessionCogroup<out K, out V, in out A> {
  readonly #group: CogroupedStream<K, V, A>;
  readonly #kind: WindowKind;

  constructor(group: CogroupedStream<K, V, A>, kind: WindowKind) {
    this.#group = group;
    this.#kind = kind;
  }

  /** Keeps the aggregate of each key and session; those of sessions that meet are merged. */
  aggregate(
    merge: (left: A, right: A, key: K) => A | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<Windowed<K>, A> {
    refuseAsync(options.name ?? 'cogroup', merge);
    const { init, members } = this.#group;
    const aggregations = members.map(({ add }): Aggregation<K, never, A> => merging(init, add as never, merge));
    return cogroupTable(this.#group, this.#kind, aggregations, options);
  }
}
