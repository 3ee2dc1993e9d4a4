import { type AggregateOptions, type CogroupedStream, type Table, valueChecks } from '@kstreams/core/dsl';
import { checkOptions } from '@kstreams/core/graph';
import type { Windowed } from '../keys/windowed.js';
import type { Aggregation, WindowKind } from './window-kind.js';
import { appendWindowedTable } from './windowed-table.js';

/**
 * Cogrouped streams cut into windows. Its tables have one row per key and window. D is `never` for windows that emit on
 * close only, which are never deleted.
 */
export class WindowedCogroup<out K, out V, in out A, out D extends null = null> {
  /** Types only: never set. */
  declare readonly deletes?: D;
  readonly #group: CogroupedStream<K, V, A>;
  readonly #kind: WindowKind;

  constructor(group: CogroupedStream<K, V, A>, kind: WindowKind) {
    this.#group = group;
    this.#kind = kind;
  }

  /**
   * Keeps the aggregate of each key and window; null or undefined from an aggregator deletes the row.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * orders.groupByKey()
   *   .cogroup(() => 0, (balance, order) => balance - order.total)
   *   .cogroup(payments.groupByKey(), (balance, payment) => balance + payment.amount)
   *   .window(tumbling('1d'))
   *   .aggregate({ value: double })
   */
  aggregate(options: AggregateOptions<A> = {}): Table<Windowed<K>, A, D> {
    checkOptions('aggregate', options, valueChecks);
    const { init, members } = this.#group;
    const aggregations = members.map(({ add }) => ({ init, add: add as Aggregation<K, never, A>['add'] }));
    return appendCogroupTable(this.#group, this.#kind, aggregations, options);
  }
}

/** Appends a windowed aggregation of several streams. */
export const appendCogroupTable = <K, A, D extends null>(
  group: CogroupedStream<K, unknown, A>,
  kind: WindowKind,
  aggregations: readonly Aggregation<K, never, A>[],
  options: AggregateOptions<A>,
): Table<Windowed<K>, A, D> => {
  const value = group.valueSerde(options);
  const { edges, id, key, named } = group.step(`${kind.name}-cogroup`, options.name);
  const { graph } = group.chain;
  const table = ((...args: Parameters<typeof group.table>) => group.table(...args)) as never;
  return appendWindowedTable({ id, named, key, inputs: edges, graph, table }, kind, value, aggregations);
};
