import type { AggregateOptions, CogroupedStream, Table } from '@kstreams/core/dsl';
import type { Aggregation, WindowKind } from './window-kind.js';
import type { Windowed } from './windowed.js';
import { windowedTable } from './windowed-table.js';

/** Grouped streams that share an aggregate, cut into windows: one row per key and window. */
export class WindowedCogroup<out K, out V, in out A> {
  readonly #group: CogroupedStream<K, V, A>;
  readonly #kind: WindowKind;

  constructor(group: CogroupedStream<K, V, A>, kind: WindowKind) {
    this.#group = group;
    this.#kind = kind;
  }

  /** Keeps the aggregate of each key and window; null or undefined from an aggregator deletes the row. */
  aggregate(options: AggregateOptions<A> = {}): Table<Windowed<K>, A> {
    const { init, members } = this.#group;
    const aggregations = members.map(({ add }) => ({ begin: init, add: add as Aggregation<K, never, A>['add'] }));
    return cogroupTable(this.#group, this.#kind, aggregations, options);
  }
}

/** Appends a windowed aggregation of several streams. */
export const cogroupTable = <K, A>(
  group: CogroupedStream<K, unknown, A>,
  kind: WindowKind,
  aggregations: readonly Aggregation<K, never, A>[],
  options: AggregateOptions<A>,
): Table<Windowed<K>, A> => {
  const value = group.valueSerde(options);
  const { edges, id, key, named } = group.step(`${kind.name}-cogroup`, options.name);
  const { graph } = group.chain;
  const table = ((...made: Parameters<typeof group.table>) => group.table(...made)) as never;
  return windowedTable({ id, named, key, inputs: edges, graph, table }, kind, value, aggregations);
};
