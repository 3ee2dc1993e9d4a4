import { type AggregateOptions, type CogroupedStream, type Table, valueChecks } from '@kstreams/core/dsl';
import { checkCall, synchronous } from '@kstreams/core/graph';
import type { Aggregation, WindowKind } from '../aggregate/window-kind.js';
import { appendCogroupTable } from '../aggregate/windowed-cogroup.js';
import type { Windowed } from '../keys/windowed.js';
import { merging } from './session-stream.js';

/**
 * Cogrouped streams cut into sessions. Its tables have one row per key and session. D is `never` for sessions that emit on
 * close only, which are never deleted.
 */
export class SessionCogroup<out K, out V, in out A, out D extends null = null> {
  /** Types only: never set. */
  declare readonly deletes?: D;
  readonly #group: CogroupedStream<K, V, A>;
  readonly #kind: WindowKind;

  constructor(group: CogroupedStream<K, V, A>, kind: WindowKind) {
    this.#group = group;
    this.#kind = kind;
  }

  /**
   * Keeps the aggregate of each key and session. `merge` combines the aggregates of sessions that a record connects.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * visits.window(session('30m')).aggregate((left, right) => left + right, { value: double })
   */
  aggregate(
    merge: (left: A, right: A, key: K) => A | null | undefined,
    options: AggregateOptions<A> = {},
  ): Table<Windowed<K>, A, D> {
    checkCall('aggregate', { merge }, options, valueChecks);
    const merged = synchronous(options.name ?? 'cogroup', merge);
    const { init, members } = this.#group;
    const aggregations = members.map(({ add }): Aggregation<K, never, A> => merging(init, add as never, merged));
    return appendCogroupTable(this.#group, this.#kind, aggregations, options);
  }
}
