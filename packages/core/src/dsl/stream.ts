import type { SinkOptions } from '../graph/endpoints.js';
import type { Connected, Processor } from '../graph/processor.js';
import type { RecordHeaders } from '../graph/record.js';
import type { Encoder, Serde } from '../graph/serde.js';
import { appendOperator } from './append.js';
import type { Given, NoPromise, Sync } from './callback.js';
import { GroupedStream } from './grouped-stream.js';
import type { KeyStep, Named, Operator, StepOptions } from './operator.js';
import { filter, filterNot } from './operators/filter.js';
import { flatMap, flatMapValues } from './operators/flat-map.js';
import { map, mapValues, type Pair, selectKey } from './operators/map.js';
import { type Covering, type Matched, matchAt, type Patterns } from './operators/match.js';
import { mergeAt } from './operators/merge.js';
import { forEach, peek } from './operators/peek.js';
import { type PrintOptions, print } from './operators/print.js';
import { type ProcessOptions, processRecords, processValues, type ValueProcessor } from './operators/process-values.js';
import { type RepartitionOptions, repartitionAt } from './operators/repartition.js';
import { setHeaders } from './operators/set-headers.js';
import { type SinkTopic, sinkAt } from './operators/sink.js';
import { splitAt } from './operators/split.js';
import { toTableAt } from './operators/to-table.js';
import { positionWith } from './position.js';
import { StreamAsync } from './stream-async.js';
import { Table, type TableSourceOptions } from './table.js';

/**
 * How the records of a chain flow: facts, each on its own. Every method appends a step and gives what comes out of it.
 *
 * A stream only gives records, so one of orders serves wherever one of anything is asked for.
 */
export class Stream<out K, out V> extends StreamAsync<K, V> {
  readonly is = 'stream';

  /**
   * Appends any step: the door for operators of one's own. Where it changes keys, `partitioned: 'kept'` promises that
   * equal new keys are together already, here and in the other steps that take it.
   */
  via<K2, V2>(operator: Operator<K, V, K2, V2>, options?: KeyStep): Stream<K2, V2> {
    return new Stream(appendOperator(this.position, operator, options));
  }

  /** Says how keys and values are written from here on; a serde may be of a wider type, which the stream then has. */
  with<K2 = K, V2 = V>(serdes: { key?: Serde<K2> & Encoder<K>; value?: Serde<V2> & Encoder<V> }): Stream<K2, V2> {
    return new Stream(positionWith(this.position, serdes));
  }

  /** Keeps the records that pass a test. With a type guard the type narrows. */
  filter<V2 extends V>(test: (value: V, key: K) => value is V2, options?: Named): Stream<K, V2>;
  filter(test: (value: V, key: K) => NoPromise & boolean, options?: Named): Stream<K, V>;
  filter(test: (value: V, key: K) => boolean, options?: Named): Stream<K, V> {
    return this.via(filter(test), options);
  }

  /** Drops the records that pass a test. */
  filterNot(test: (value: V, key: K) => NoPromise & boolean, options?: Named): Stream<K, V> {
    return this.via(filterNot(test), options);
  }

  /** Gives each record another key and value. */
  map<K2, V2>(to: (value: V, key: K) => Pair<K2, V2>, options: StepOptions<K2, V2> & KeyStep = {}): Stream<K2, V2> {
    return this.via(map(to, options), options);
  }

  /** Gives each record another value. */
  mapValues<V2>(to: (value: V, key: K) => Given<V2>, options: ValueOptions<V2> = {}): Stream<K, V2> {
    return this.via(mapValues(to, options.value), options);
  }

  /** Makes any number of records of each. */
  flatMap<K2, V2>(
    to: (value: V, key: K) => NoPromise & Iterable<Pair<K2, V2>>,
    options: StepOptions<K2, V2> & KeyStep = {},
  ): Stream<K2, V2> {
    return this.via(flatMap(to, options), options);
  }

  /** Makes any number of values of each. */
  flatMapValues<V2>(
    to: (value: V, key: K) => NoPromise & Iterable<Given<V2>>,
    options: ValueOptions<V2> = {},
  ): Stream<K, V2> {
    return this.via(flatMapValues(to, options.value), options);
  }

  /** Gives each record another key. */
  selectKey<K2>(to: (value: V, key: K) => Given<K2>, options: KeyStep & { key?: Serde<K2> } = {}): Stream<K2, V> {
    return this.via(selectKey(to, options.key), options);
  }

  /** Gives each record other headers. */
  setHeaders(to: (headers: RecordHeaders, value: V, key: K) => Given<RecordHeaders>, options?: Named): Stream<K, V> {
    return this.via(setHeaders(to), options);
  }

  /** Looks at each record and hands it on. */
  peek<R>(look: (value: V, key: K) => Sync<R>, options?: Named): Stream<K, V> {
    return this.via(peek(look), options);
  }

  /** Does something with each record; the chain ends here. */
  forEach<R>(act: (value: V, key: K) => Sync<R>, options?: Named): void {
    this.via(forEach(act), options);
  }

  /** Prints each record as a line; the chain ends here. */
  print({ name, ...options }: Named & PrintOptions<K, V> = {}): void {
    this.via(print(options), { name });
  }

  /** The records of this stream and of another, or of several, in no promised order between them. */
  merge<S extends Stream<K, unknown> | readonly Stream<K, unknown>[]>(
    others: S,
    { name }: Named = {},
  ): Stream<K, V | ValueOf<S>> {
    const all: readonly AnyStream[] = 'position' in others ? [others] : others;
    return new Stream(mergeAt([this.position, ...all.map(({ position }) => position)], name));
  }

  /**
   * Divides the stream: each record goes to the first branch whose test it passes; to the branch named by `rest`, if
   * there is one, when it passes none.
   *
   * @example
   * const { large, small } = orders.split({ large: (order) => order.total > 100 }, { rest: 'small' })
   */
  split<B extends string, R extends string = never>(
    tests: { readonly [branch in B]: (value: V, key: K) => NoPromise & boolean },
    options: Named & { rest?: R } = {},
  ): { readonly [branch in B | R]: Stream<K, V> } {
    return splitAt(this.position, tests, options) as { readonly [branch in B | R]: Stream<K, V> };
  }

  /**
   * Divides the stream by patterns of ts-pattern: each record goes to the first branch whose pattern its value matches,
   * with the type narrowed to it. Where the patterns do not cover all values, `rest` names the branch of the others.
   *
   * @example
   * const { paid, failed } = payments.match({ paid: { state: 'paid' }, failed: { state: 'failed' } })
   */
  match<const B extends Patterns<V>, R extends string = never>(
    patterns: B & Covering<V, B, R>,
    options: Named & { rest?: R } = {},
  ): Matched<K, V, B, R> {
    return matchAt(this.position, patterns, options) as Matched<K, V, B, R>;
  }

  /** Groups records by another key; those that get none, null, are dropped. A name names the topic they go through. */
  groupBy<K2>(
    to: (value: V, key: K) => Given<K2>,
    options: Named & { key?: Serde<K2> } = {},
  ): GroupedStream<NonNullable<K2>, V> {
    return this.via({ ...selectKey(to, options.key), name: 'group-by' }).groupByKey(options);
  }

  /** Groups records by their key; those whose key is null are dropped. A name names the topic they may go through. */
  groupByKey(options: Named = {}): GroupedStream<NonNullable<K>, V> {
    return new GroupedStream(this.position, options.name);
  }

  /** Sends records through a topic of the application, so that equal keys are together. */
  repartition(options: RepartitionOptions<K, V> = {}): Stream<K, V> {
    return new Stream(repartitionAt(this.position, options));
  }

  /** Appends a processor; what it forwards may have any key. */
  process<K2, V2>(
    processor: Processor<K, V, K2, V2> | Connected<Processor<K, V, K2, V2>>,
    options: KeyStep & ProcessOptions<K2, V2> = {},
  ): Stream<K2, V2> {
    return this.via(processRecords(processor, options), options);
  }

  /** Appends a processor that keeps each record's key: it forwards values. */
  processValues<V2>(
    processor: ValueProcessor<K, V, V2> | Connected<ValueProcessor<K, V, V2>>,
    options: Named & Omit<ProcessOptions<K, V2>, 'key'> = {},
  ): Stream<K, V2> {
    return this.via(processValues(processor, options), options);
  }

  /** Reads the stream as a table: the last value of each key; null deletes. A history keeps rows as they were, too. */
  toTable(options: TableSourceOptions = {}): Table<NonNullable<K>, NonNullable<V>> {
    return new Table(...toTableAt(this.position, options));
  }

  /** Writes the stream to a topic, or to the topic chosen for each record. Null values are written as Kafka's null. */
  to(topic: SinkTopic<K, V>, options: Named & SinkOptions<K, V> = {}): void {
    sinkAt(this.position, topic, options);
  }
}

/** The values of a stream, or of several. */
type ValueOf<S> = S extends Stream<unknown, infer V> ? V : S extends readonly Stream<unknown, infer V>[] ? V : never;

/** Names a step that keeps keys, and says how the values it makes are written. */
export type ValueOptions<V> = Omit<StepOptions<never, V>, 'key'>;

/** A stream whose types its holder does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyStream = Stream<any, any>;
