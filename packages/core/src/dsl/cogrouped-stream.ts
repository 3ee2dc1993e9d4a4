import { checkFunctions, checkOptions, checkValue } from '../graph/check-options.js';
import type { Edge, NodeId, ProcessorNode } from '../graph/node.js';
import { type OptionCheck, option } from '../graph/option.js';
import type { AnySerde, Serde } from '../graph/serde.js';
import { synchronous } from '../graph/synchronous.js';
import { keyValue } from '../state/key-value.js';
import { type Chain, refuseForeign, serdeOf, stepName, type TableRows, type WindowFacts } from './chain.js';
import type { Grouped, GroupedStream } from './grouped-stream.js';
import { type Aggregation, aggregateNode } from './operators/aggregate.js';
import { type AggregateOptions, type EmitOptions, type RowAggregateOptions, rowAggregateChecks } from './options.js';
import type { Table } from './table.js';

/** A stream that adds to a shared aggregate, and its aggregator. */
export interface CogroupMember<out K, in out A> {
  readonly group: GroupedStream<K, unknown>;
  readonly add: (aggregate: A, value: never, key: never) => A | null | undefined;
}

/** The beginning of a step over several streams. */
export interface CogroupStep<K> {
  readonly id: NodeId;
  readonly named: boolean;
  /** An edge from each stream, which brings equal keys together. */
  readonly edges: readonly Edge[];
  readonly key: Serde<K>;
}

/** The argument of `window`. */
export const windows: OptionCheck = { takes: "windows, such as tumbling('5m')", accepts: option.fn.accepts };

const grouped = option.having('a grouped stream: call groupBy or groupByKey first', 'cogroup', 'edge');

/**
 * Several grouped streams with one key type and a shared aggregate per key. Their topics need equal partition counts.
 */
export class CogroupedStream<out K, out V, in out A> implements Grouped<K, V> {
  /** Returns the aggregate of a key before its first record. */
  readonly init: () => A;
  readonly members: readonly CogroupMember<K, A>[];
  /** Types only: never set. */
  readonly records?: readonly [key: K, value: V];

  constructor(init: () => A, members: readonly CogroupMember<K, A>[]) {
    this.init = init;
    this.members = members;
  }

  /**
   * Adds another stream with its own aggregator.
   *
   * @throws ConfigError when the stream belongs to another application.
   *
   * @example
   * balances.cogroup(refunds.groupByKey(), (balance, refund) => balance + refund.amount)
   */
  cogroup<V2>(
    group: GroupedStream<K, V2>,
    add: (aggregate: A, value: V2, key: K) => NoInfer<A> | null | undefined,
  ): CogroupedStream<K, V | V2, A> {
    checkValue('"group" of cogroup', group, grouped);
    checkFunctions('cogroup', { add });
    refuseForeign('cogroup', this.#first.position, group.position);
    return new CogroupedStream(this.init, [...this.members, { group, add: synchronous('cogroup', add) }]);
  }

  /**
   * Cuts the groups into windows. `by` is the result of `tumbling`, `hopping`, `session` and others.
   *
   * @example
   * balances.window(tumbling('1d')).aggregate({ value: double })
   */
  window<W>(by: (group: CogroupedStream<K, V, A>) => W): W {
    checkValue('"by" of window', by, windows);
    return by(this);
  }

  /**
   * Keeps the aggregate of each key; null or undefined from an aggregator deletes the row.
   *
   * @throws ConfigError when a serde is unknown or a function is async.
   *
   * @example
   * balances.aggregate({ name: 'balances', value: double })
   */
  aggregate(options: RowAggregateOptions<A> = {}): Table<K, A> {
    checkOptions('aggregate', options, rowAggregateChecks);
    const value = this.valueSerde(options);
    const { id, named, edges, key } = this.step('cogroup', options.name);
    const store = keyValue(id, { key, value, named, ttl: options.ttl });
    const { init, members } = this;
    const aggregators = members.map(({ add }): Aggregation<K, unknown, A>['aggregators'][number] => {
      return (aggregate, value, key) => add(aggregate as A, value as never, key as never);
    });
    return this.table(aggregateNode(id, 'cogroup', edges, store, { init, aggregators }), key, value, {
      store,
      emit: options.emit,
    });
  }

  /** Begins a step over all streams, for windows. */
  step<K2>(this: CogroupedStream<K2, V, A>, operator: string, name?: string): CogroupStep<K2> {
    const { position } = this.#first;
    const { id, named } = stepName(position.chain, operator, name);
    const edges = this.members.map(({ group }, at) => group.edge(`${id}-${at}`, named));
    return { id, named, edges, key: serdeOf(position, 'key', id) };
  }

  /** Appends the node of a step and returns its table, for windows. */
  table<K2, D extends null = null>(
    node: ProcessorNode,
    key: Serde<K2>,
    value: Serde<A>,
    rows: TableRows & WindowFacts & EmitOptions,
  ): Table<K2, A, D> {
    return this.#first.table(node, key, value, rows);
  }

  /** Returns the serde of the aggregate: the one in the options, else the application's default. */
  valueSerde(options: AggregateOptions<A>): AnySerde {
    return this.#first.valueSerde('cogroup', options);
  }

  /** The chain of the streams. */
  get chain(): Chain {
    return this.#first.position.chain;
  }

  get #first(): GroupedStream<K, unknown> {
    return (this.members[0] as CogroupMember<K, A>).group;
  }
}
