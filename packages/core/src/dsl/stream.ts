import type { P } from 'ts-pattern';
import type { AsyncCall } from '../graph/async-stage.js';
import { checkCall, checkOptions, checkValue } from '../graph/check-options.js';
import { option } from '../graph/option.js';
import type { Connected, Processor } from '../graph/processor.js';
import type { RecordHeaders } from '../graph/record.js';
import type { Encoder, Serde } from '../graph/serde.js';
import type { SinkOptions } from '../graph/source-and-sink.js';
import { appendOperator } from './append.js';
import type { Defined, NoPromise, Sync } from './callback.js';
import { type ChainPosition, withSerdes } from './chain.js';
import type { GlobalTable } from './global-table.js';
import { GroupedStream } from './grouped-stream.js';
import type { KeyJoinCondition, StreamJoinCondition } from './join-condition.js';
import type { Operator } from './operator.js';
import {
  type AsyncOptions,
  asyncChecks,
  asyncStage,
  asyncValueChecks,
  type BatchOptions,
  batchChecks,
  batchLimits,
} from './operators/async-options.js';
import { filter, filterNot } from './operators/filter.js';
import { flatMap, flatMapValues } from './operators/flat-map.js';
import { appendStreamJoin, type JoinOptions, joinable, type TableJoinOptions } from './operators/join.js';
import { map, mapChecks, mapValues, type Pair, selectKey, selectKeyChecks } from './operators/map.js';
import { filterAsync, flatMapAsync, forEachAsync, mapAsync, mapBatch } from './operators/map-async.js';
import { appendMatch, type BranchPatterns, type ExhaustivePatterns, type Unmatched } from './operators/match.js';
import { appendMerge } from './operators/merge.js';
import { forEach, peek } from './operators/peek.js';
import { type PrintOptions, print, printChecks } from './operators/print.js';
import {
  checkProcessor,
  type ProcessOptions,
  processChecks,
  processRecords,
  processValues,
  processValuesChecks,
  type ValueProcessor,
} from './operators/process.js';
import {
  appendProcessAsync,
  type ProcessAsyncOptions,
  processAsyncChecks,
  type StatefulCall,
} from './operators/process-async.js';
import { appendRepartition, type RepartitionOptions, repartitionChecks } from './operators/repartition.js';
import { setHeaders } from './operators/set-headers.js';
import { appendSink, type SinkTopic, toChecks } from './operators/sink.js';
import { appendSplit, type Branches, type BranchOptions, branchChecks } from './operators/split.js';
import { appendToTable } from './operators/table-source.js';
import {
  groupByChecks,
  type KeyStep,
  keyStepChecks,
  type Named,
  namedChecks,
  type StepOptions,
  serdeChecks,
  type TableSourceOptions,
  tableSourceChecks,
  type ValueOptions,
  valueChecks,
} from './options.js';
import { Table } from './table.js';

/**
 * A stream of records: independent facts, each with a key and a value. Every method appends a step and returns its output.
 * Nothing runs before the application is started.
 *
 * Covariant in K and V.
 */
export class Stream<out K, out V> {
  readonly is = 'stream';
  /** The output of the last step, for operators that append nodes themselves. */
  readonly position: ChainPosition;

  constructor(position: ChainPosition) {
    this.position = position;
  }

  /**
   * Appends an operator. For an operator that changes keys, `partitioned: 'kept'` promises that equal new keys are in one
   * partition already.
   *
   * @throws ConfigError when the operator's callback is an async function.
   *
   * @example
   * orders.via(everyTenth()).to(sample)
   */
  via<K2, V2>(operator: Operator<K, V, K2, V2>, options: KeyStep = {}): Stream<K2, V2> {
    checkValue('the operator of via', operator, option.having('an operator', 'processor'));
    checkOptions('via', options, keyStepChecks);
    return this.#appendUser(operator, options);
  }

  /**
   * Sets the serdes of keys and values from here on. A serde may be of a wider type, which the stream then has.
   *
   * @example
   * orders.selectKey((order) => order.customer).with({ key: string })
   */
  with<K2 = K, V2 = V>(serdes: { key?: Serde<K2> & Encoder<K>; value?: Serde<V2> & Encoder<V> }): Stream<K2, V2> {
    checkOptions('with', serdes, serdeChecks);
    return new Stream(withSerdes(this.position, serdes));
  }

  /**
   * Keeps the records that pass a test. A type guard narrows the type of values.
   *
   * @example
   * orders.filter((order) => order.total > 0)
   */
  filter<V2 extends V>(test: (value: V, key: K) => value is V2, options?: Named): Stream<K, V2>;
  filter(test: (value: V, key: K) => NoPromise & boolean, options?: Named): Stream<K, V>;
  filter(test: (value: V, key: K) => boolean, options: Named = {}): Stream<K, V> {
    checkCall('filter', { test }, options, namedChecks);
    return this.#append(filter(test), options);
  }

  /**
   * Drops the records that pass a test.
   *
   * @example
   * orders.filterNot((order) => order.cancelled)
   */
  filterNot(test: (value: V, key: K) => NoPromise & boolean, options: Named = {}): Stream<K, V> {
    checkCall('filterNot', { test }, options, namedChecks);
    return this.#append(filterNot(test), options);
  }

  /**
   * Maps each record to another key and value. A later step that needs equal keys together repartitions the records.
   *
   * @example
   * orders.map((order, id) => [order.customer, { id, total: order.total }])
   */
  map<K2, V2>(to: (value: V, key: K) => Pair<K2, V2>, options: StepOptions<K2, V2> & KeyStep = {}): Stream<K2, V2> {
    checkCall('map', { to }, options, mapChecks);
    return this.#append(map(to, options), options);
  }

  /**
   * Maps each value, including null. Keys stay the same, so no repartition is needed.
   *
   * @example
   * orders.mapValues((order) => order.total, { value: double })
   */
  mapValues<V2>(to: (value: V, key: K) => Defined<V2>, options: ValueOptions<V2> = {}): Stream<K, V2> {
    checkCall('mapValues', { to }, options, valueChecks);
    return this.#append(mapValues(to, options.value), options);
  }

  /**
   * Maps each record to any number of records, in order.
   *
   * @example
   * orders.flatMap((order) => order.lines.map((line) => [line.product, line.amount]))
   */
  flatMap<K2, V2>(
    to: (value: V, key: K) => NoPromise & Iterable<Pair<K2, V2>>,
    options: StepOptions<K2, V2> & KeyStep = {},
  ): Stream<K2, V2> {
    checkCall('flatMap', { to }, options, mapChecks);
    return this.#append(flatMap(to, options), options);
  }

  /**
   * Maps each value to any number of values, in order. Keys stay the same.
   *
   * @example
   * lines.flatMapValues((line) => line.split(' '))
   */
  flatMapValues<V2>(
    to: (value: V, key: K) => NoPromise & Iterable<Defined<V2>>,
    options: ValueOptions<V2> = {},
  ): Stream<K, V2> {
    checkCall('flatMapValues', { to }, options, valueChecks);
    return this.#append(flatMapValues(to, options.value), options);
  }

  /**
   * Replaces the key of each record. A later step that needs equal keys together repartitions the records.
   *
   * @example
   * orders.selectKey((order) => order.customer, { key: string })
   */
  selectKey<K2>(to: (value: V, key: K) => Defined<K2>, options: KeyStep & { key?: Serde<K2> } = {}): Stream<K2, V> {
    checkCall('selectKey', { to }, options, selectKeyChecks);
    return this.#append(selectKey(to, options.key), options);
  }

  /**
   * Replaces the headers of each record.
   *
   * @example
   * orders.setHeaders((headers, order) => withHeader(headers, 'region', order.region))
   */
  setHeaders(
    to: (headers: RecordHeaders, value: V, key: K) => Defined<RecordHeaders>,
    options: Named = {},
  ): Stream<K, V> {
    checkCall('setHeaders', { to }, options, namedChecks);
    return this.#append(setHeaders(to), options);
  }

  /**
   * Calls a function with each record and forwards the record unchanged.
   *
   * @example
   * orders.peek((order, id) => console.log(id, order.total))
   */
  peek<R>(look: (value: V, key: K) => Sync<R>, options: Named = {}): Stream<K, V> {
    checkCall('peek', { look }, options, namedChecks);
    return this.#append(peek(look), options);
  }

  /**
   * Calls a function with each record and ends the chain.
   *
   * @example
   * orders.forEach((order, id) => console.log(id, order.total))
   */
  forEach<R>(act: (value: V, key: K) => Sync<R>, options: Named = {}): void {
    checkCall('forEach', { act }, options, namedChecks);
    this.#append(forEach(act), options);
  }

  /**
   * Prints each record as a line, `[label]: key, value`, and ends the chain.
   *
   * @example
   * orders.print({ label: 'orders' })
   */
  print(options: Named & PrintOptions<K, V> = {}): void {
    checkOptions('print', options, printChecks);
    this.#append(print(options), options);
  }

  /**
   * Merges the records of this stream and of one or several others. Records of different streams have no promised order.
   *
   * @example
   * webOrders.merge([phoneOrders, shopOrders])
   */
  merge<S extends Stream<K, unknown> | readonly Stream<K, unknown>[]>(
    others: S,
    options: Named = {},
  ): Stream<K, V | ValueOf<S>> {
    const all: readonly AnyStream[] = Array.isArray(others) ? others : [others];
    for (const other of all) checkValue('"others" of merge', other, joinable);
    checkOptions('merge', options, namedChecks);
    return new Stream(appendMerge([this.position, ...all.map(({ position }) => position)], options.name));
  }

  /**
   * Splits the stream: each record goes to the first branch with a passing test. A record that passes none goes to the
   * branch named by `rest`, or is left out.
   *
   * @example
   * const { large, small } = orders.split({ large: (order) => order.total > 100 }, { rest: 'small' })
   */
  split<B extends string, R extends string = never>(
    tests: { readonly [branch in B]: (value: V, key: K) => NoPromise & boolean },
    options: BranchOptions<R> = {},
  ): { readonly [branch in B | R]: Stream<K, V> } {
    checkOptions('split', options, branchChecks);
    return streamsOf(appendSplit(this.position, tests, options)) as { readonly [branch in B | R]: Stream<K, V> };
  }

  /**
   * Splits the stream by patterns of ts-pattern: each record goes to the first branch whose pattern matches its value,
   * narrowed to that type. Patterns that do not cover all values are a compile error unless `rest` names a branch.
   *
   * @throws TypeError for a record that no pattern matches, if there is no `rest`.
   *
   * @example
   * const { paid, failed } = payments.match({
   *   paid: { state: 'paid', amount: P.number.gt(0) },
   *   failed: { state: P.union('failed', 'refused') },
   * }, { rest: 'others' })
   */
  match<const B extends BranchPatterns<V>, R extends string = never>(
    patterns: B & ExhaustivePatterns<V, B, R>,
    options: BranchOptions<R> = {},
  ): { readonly [branch in keyof B]: Stream<K, P.narrow<V, B[branch]>> } & {
    readonly [branch in R]: Stream<K, Unmatched<V, B>>;
  } {
    checkOptions('match', options, branchChecks);
    return streamsOf(appendMatch(this.position, patterns, options)) as never;
  }

  /**
   * Groups records by another key; records with key null are dropped. A name names the repartition topic.
   *
   * @example
   * orders.groupBy((order) => order.customer, { key: string }).count()
   */
  groupBy<K2>(
    to: (value: V, key: K) => Defined<K2>,
    options: Named & { key?: Serde<K2> } = {},
  ): GroupedStream<NonNullable<K2>, V> {
    checkCall('groupBy', { to }, options, groupByChecks);
    const grouped = this.#append({ ...selectKey(to, options.key), name: 'group-by' }, {});
    return new GroupedStream(grouped.position, options.name);
  }

  /**
   * Groups records by their key; records with key null are dropped. A name names the repartition topic, if one is needed.
   *
   * @example
   * orders.groupByKey().count()
   */
  groupByKey(options: Named = {}): GroupedStream<NonNullable<K>, V> {
    checkOptions('groupByKey', options, namedChecks);
    return new GroupedStream(this.position, options.name);
  }

  /**
   * Sends records through a repartition topic, so that equal keys are in one partition.
   *
   * @throws ConfigError for a bad number of partitions, or if a serde is unknown.
   *
   * @example
   * orders.selectKey((order) => order.customer, { key: string }).repartition({ name: 'by-customer', partitions: 12 })
   */
  repartition(options: RepartitionOptions<K, V> = {}): Stream<K, V> {
    checkOptions('repartition', options, repartitionChecks);
    return new Stream(appendRepartition(this.position, options));
  }

  /**
   * Appends a processor, which may keep state and forward any number of records with any key.
   *
   * @example
   * orders.process((context: Context<string, number>) => (order) => context.forward(withValue(order, order.value.total)))
   */
  process<K2, V2>(
    processor: Processor<K, V, K2, V2> | Connected<Processor<K, V, K2, V2>>,
    options: KeyStep & ProcessOptions<K2, V2> = {},
  ): Stream<K2, V2> {
    checkProcessor('process', processor);
    checkOptions('process', options, processChecks);
    return this.#appendUser(processRecords(processor, options), options);
  }

  /**
   * Appends a processor that forwards values under the key of each record, so that no repartition is needed.
   *
   * @example
   * orders.processValues((context: ValueContext<number>) => (order) => context.forward(order.value.total))
   */
  processValues<V2>(
    processor: ValueProcessor<K, V, V2> | Connected<ValueProcessor<K, V, V2>>,
    options: Named & Omit<ProcessOptions<K, V2>, 'key'> = {},
  ): Stream<K, V2> {
    checkProcessor('processValues', processor);
    checkOptions('processValues', options, processValuesChecks);
    return this.#appendUser(processValues(processor, options), options);
  }

  /**
   * Reads the stream as a table: the last value of each key; null deletes. A `history` keeps old versions of rows.
   *
   * @throws ConfigError when the serde of keys or values is unknown.
   *
   * @example
   * prices.toTable({ name: 'prices', history: '1h' })
   */
  toTable(options: TableSourceOptions = {}): Table<NonNullable<K>, NonNullable<V>> {
    checkOptions('toTable', options, tableSourceChecks);
    return new Table(...appendToTable(this.position, options));
  }

  /**
   * Writes the stream to a topic, or to the topic that `choose` returns for each record. Null values are written as
   * Kafka's null.
   *
   * @example
   * orders.filter((order) => order.total > 0).to(paid)
   */
  to(topic: SinkTopic<K, V>, options: Named & SinkOptions<K, V> = {}): void {
    checkValue('"topic" of to', topic, option.sink);
    checkOptions('to', options, toChecks);
    appendSink(this.position, topic, options);
  }

  /**
   * Maps each value with an async function. Calls overlap up to `concurrency`, in the given `order`. A retry holds up only
   * the records that have to wait for it.
   *
   * @example
   * orders.mapAsync((order, id, { signal }) => fetchCustomer(order.customer, signal), {
   *   concurrency: 100, timeout: '2s', retry: { attempts: 3, backoff: '500ms' },
   * })
   */
  mapAsync<V2>(
    to: (value: V, key: K, call: AsyncCall) => PromiseLike<Defined<V2>>,
    options: AsyncOptions & ValueOptions<V2> = {},
  ): Stream<K, V2> {
    checkCall('mapAsync', { to }, options, asyncValueChecks);
    return this.#append(mapAsync(to, this.#stage('mapAsync', options), options.value), options);
  }

  /**
   * Maps each value to any number of values with an async function. Results are forwarded in order.
   *
   * @example
   * pages.flatMapAsync(async (url, _, { signal }) => linksOf(await fetch(url, { signal })))
   */
  flatMapAsync<V2>(
    to: (value: V, key: K, call: AsyncCall) => PromiseLike<Iterable<Defined<V2>>>,
    options: AsyncOptions & ValueOptions<V2> = {},
  ): Stream<K, V2> {
    checkCall('flatMapAsync', { to }, options, asyncValueChecks);
    return this.#append(flatMapAsync(to, this.#stage('flatMapAsync', options), options.value), options);
  }

  /**
   * Keeps the records that pass an async test.
   *
   * @example
   * orders.filterAsync((order, _, { signal }) => isKnown(order.customer, signal))
   */
  filterAsync(
    test: (value: V, key: K, call: AsyncCall) => PromiseLike<boolean>,
    options: AsyncOptions = {},
  ): Stream<K, V> {
    checkCall('filterAsync', { test }, options, asyncChecks);
    return this.#append(filterAsync(test, this.#stage('filterAsync', options)), options);
  }

  /**
   * Calls an async function with each record and ends the chain. A record counts as processed when its promise resolves.
   *
   * @example
   * orders.forEachAsync((order, id) => database.insert(id, order), { retry: { attempts: 5 } })
   */
  forEachAsync(act: (value: V, key: K, call: AsyncCall) => PromiseLike<unknown>, options: AsyncOptions = {}): void {
    checkCall('forEachAsync', { act }, options, asyncChecks);
    this.#append(forEachAsync(act, this.#stage('forEachAsync', options)), options);
  }

  /**
   * Maps the values of many records with one async call. The call returns one result per record, in order. An `Error`
   * among them fails that record alone; a rejected call fails all its records, unless `bisectOnError` is set.
   *
   * @example
   * orders.mapBatch((batch) => names.mGet(batch.map((order) => order.customer)), { maxSize: 500, order: 'none' })
   */
  mapBatch<V2>(
    to: (values: readonly V[], keys: readonly K[], call: AsyncCall) => PromiseLike<readonly (Defined<V2> | Error)[]>,
    options: BatchOptions & ValueOptions<V2> = {},
  ): Stream<K, V2> {
    checkCall('mapBatch', { to }, options, batchChecks);
    const batch = batchLimits(options.name ?? 'mapBatch', options);
    return this.#append(mapBatch(to, { ...this.#stage('mapBatch', options), batch }, options.value), options);
  }

  /**
   * Maps each value with an async function that reads and writes state per key, one call at a time per key. Writes are
   * applied with the result; a failed attempt writes nothing. An `undefined` result is not forwarded; null keys are dropped.
   *
   * @throws ConfigError when the serde of keys or state is unknown.
   *
   * @example
   * payments.processAsync(async (payment, id, { signal, state }) => {
   *   if (state.get() !== undefined) return undefined // charged before
   *   state.set(await charge(payment, signal))
   *   return state.get()
   * }, { name: 'charges', state: json<Receipt>() })
   */
  processAsync<V2, S>(
    to: (value: V, key: NonNullable<K>, call: StatefulCall<S>) => PromiseLike<V2 | undefined>,
    options: ProcessAsyncOptions<S> & ValueOptions<V2> = {},
  ): Stream<NonNullable<K>, V2> {
    checkCall('processAsync', { to }, options, processAsyncChecks);
    return new Stream(appendProcessAsync(this.position, to, options));
  }

  /**
   * Joins each record with the global table's row whose key it picks. A record without a row is dropped.
   *
   * @example
   * flights.join(airports, by((flight) => flight.origin), (flight, airport) => ({ ...flight, state: airport.state }))
   */
  join<GK, V2, R>(
    table: GlobalTable<GK, V2>,
    condition: KeyJoinCondition<K, NonNullable<V>, GK>,
    joiner: (left: NonNullable<V>, right: NonNullable<V2>, key: K) => Defined<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  /**
   * Joins each record with the table's row of its key. A record without a row is dropped.
   *
   * @example
   * orders.join(customers, (order, customer) => ({ ...order, name: customer.name }))
   */
  join<V2, R>(
    table: Table<K, V2>,
    joiner: (left: NonNullable<V>, right: NonNullable<V2>, key: K) => Defined<R>,
    options?: TableJoinOptions<R>,
  ): Stream<K, R>;
  /**
   * Joins the records of both streams that have equal keys and meet the condition.
   *
   * @example
   * orders.join(payments, within('10m'), (order, payment) => ({ ...order, paid: payment.amount }))
   */
  join<V2, R>(
    stream: Stream<K, V2>,
    condition: StreamJoinCondition,
    joiner: (left: NonNullable<V>, right: NonNullable<V2>, key: K) => Defined<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  join(...call: unknown[]): AnyStream {
    return new Stream(appendStreamJoin('inner', this.position, call));
  }

  /**
   * Joins as `join` does, and keeps every record of this stream. The right side is `undefined` where nothing matches.
   *
   * @example
   * orders.leftJoin(customers, (order, customer) => customer?.name ?? order.customer)
   */
  leftJoin<GK, V2, R>(
    table: GlobalTable<GK, V2>,
    condition: KeyJoinCondition<K, NonNullable<V>, GK>,
    joiner: (left: NonNullable<V>, right: NonNullable<V2> | undefined, key: K) => Defined<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  leftJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: NonNullable<V>, right: NonNullable<V2> | undefined, key: K) => Defined<R>,
    options?: TableJoinOptions<R>,
  ): Stream<K, R>;
  leftJoin<V2, R>(
    stream: Stream<K, V2>,
    condition: StreamJoinCondition,
    joiner: (left: NonNullable<V>, right: NonNullable<V2> | undefined, key: K) => Defined<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  leftJoin(...call: unknown[]): AnyStream {
    return new Stream(appendStreamJoin('left', this.position, call));
  }

  /**
   * Joins as `join` does, and keeps every record of both streams. The other side is `undefined` where nothing matches.
   *
   * @example
   * orders.outerJoin(payments, within('10m'), (order, payment) => ({ ordered: order?.total, paid: payment?.amount }))
   */
  outerJoin<V2, R>(
    stream: Stream<K, V2>,
    condition: StreamJoinCondition,
    joiner: (left: NonNullable<V> | undefined, right: NonNullable<V2> | undefined, key: K) => Defined<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  outerJoin(...call: unknown[]): AnyStream {
    return new Stream(appendStreamJoin('outer', this.position, call));
  }

  #append<K2, V2>(operator: Operator<K, V, K2, V2>, options: KeyStep): Stream<K2, V2> {
    return new Stream(appendOperator(this.position, operator, options));
  }

  /** Appends a step with a processor of the user. */
  #appendUser<K2, V2>(operator: Operator<K, V, K2, V2>, options: KeyStep): Stream<K2, V2> {
    return new Stream(appendOperator(this.position, operator, options, 'user'));
  }

  #stage(method: string, options: AsyncOptions) {
    return asyncStage(options.name ?? method, this.position.key.serde, options);
  }
}

const streamsOf = (branches: Branches): Readonly<Record<string, AnyStream>> =>
  Object.fromEntries(Object.entries(branches).map(([branch, position]) => [branch, new Stream(position)]));

/** The value type of a stream, or of several. */
type ValueOf<S> = S extends Stream<unknown, infer V> ? V : S extends readonly Stream<unknown, infer V>[] ? V : never;

/** A stream of any types. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyStream = Stream<any, any>;
