import type { P } from 'ts-pattern';
import type { SinkOptions } from '../graph/endpoints.js';
import type { Processor } from '../graph/processor.js';
import type { Serde } from '../graph/serde.js';
import { appendOperator } from './append.js';
import type { GlobalTable } from './global-table.js';
import { GroupedStream } from './grouped-stream.js';
import { joinAt } from './join.js';
import type { KeyMatch, StreamMatch } from './match.js';
import type { Named, Operator, Sync } from './operator.js';
import { filter, filterNot } from './operators/filter.js';
import { flatMap, flatMapValues } from './operators/flat-map.js';
import { map, mapValues, selectKey } from './operators/map.js';
import { mergeAt } from './operators/merge.js';
import { forEach, peek } from './operators/peek.js';
import { type ProcessOptions, processRecords, processValues } from './operators/process-values.js';
import { type RepartitionOptions, repartitionAt } from './operators/repartition.js';
import { type SinkTopic, sinkAt } from './operators/sink.js';
import { matchAt, type Patterns, splitAt } from './operators/split.js';
import { toTableAt } from './operators/to-table.js';
import type { ChainPosition } from './position.js';
import { Table, type TableOptions } from './table.js';

/** A serde for what a step makes, and the step's name. */
export interface StepOptions<K, V> extends Named {
  readonly key?: Serde<K>;
  readonly value?: Serde<V>;
}

/** How the records of a chain flow: facts, each on its own. Every method appends a step and gives what comes out of it. */
export class Stream<K, V> {
  readonly is = 'stream';
  /** Where the chain stands; for operators that append nodes of their own. */
  readonly position: ChainPosition;

  constructor(position: ChainPosition) {
    this.position = position;
  }

  /** Appends any step: the door for operators of one's own. */
  via<K2, V2>(operator: Operator<K, V, K2, V2>, { name }: Named = {}): Stream<K2, V2> {
    return new Stream(appendOperator(this.position, operator, name));
  }

  /** Says how keys and values are written from here on. */
  with({ key, value }: { key?: Serde<K>; value?: Serde<V> }): Stream<K, V> {
    const { position } = this;
    return new Stream({
      ...position,
      key: key === undefined ? position.key : { serde: key },
      value: value === undefined ? position.value : { serde: value },
    });
  }

  /** Keeps the records that pass a test. With a type guard the type narrows. */
  filter<V2 extends V>(test: (value: V, key: K) => value is V2, options?: Named): Stream<K, V2>;
  filter(test: (value: V, key: K) => boolean, options?: Named): Stream<K, V>;
  filter(test: (value: V, key: K) => boolean, options?: Named): Stream<K, V> {
    return this.via(filter(test), options);
  }

  /** Drops the records that pass a test. */
  filterNot(test: (value: V, key: K) => boolean, options?: Named): Stream<K, V> {
    return this.via(filterNot(test), options);
  }

  /** Gives each record another key and value. */
  map<K2, V2>(to: (value: V, key: K) => readonly [K2, V2], options: StepOptions<K2, V2> = {}): Stream<K2, V2> {
    return this.via(map(to, options), options);
  }

  /** Gives each record another value. */
  mapValues<V2>(to: (value: V, key: K) => Sync<V2>, options: Omit<StepOptions<K, V2>, 'key'> = {}): Stream<K, V2> {
    return this.via(mapValues<K, V, V2>(to, options.value), options);
  }

  /** Makes any number of records of each. */
  flatMap<K2, V2>(
    to: (value: V, key: K) => Iterable<readonly [K2, V2]>,
    options: StepOptions<K2, V2> = {},
  ): Stream<K2, V2> {
    return this.via(flatMap(to, options), options);
  }

  /** Makes any number of values of each. */
  flatMapValues<V2>(
    to: (value: V, key: K) => Iterable<V2>,
    options: Omit<StepOptions<K, V2>, 'key'> = {},
  ): Stream<K, V2> {
    return this.via(flatMapValues(to, options.value), options);
  }

  /** Gives each record another key; `partitioned: 'kept'` promises that equal new keys are together already. */
  selectKey<K2>(
    to: (value: V, key: K) => Sync<K2>,
    options: Named & { key?: Serde<K2>; partitioned?: 'kept' } = {},
  ): Stream<K2, V> {
    const { position } = this.via(selectKey<K, V, K2>(to, options), options);
    const partitioned = options.partitioned === 'kept' && this.position.partitioned;
    return new Stream({ ...position, partitioned });
  }

  /** Looks at each record and hands it on. */
  peek(look: (value: V, key: K) => void, options?: Named): Stream<K, V> {
    return this.via(peek(look), options);
  }

  /** Does something with each record; the chain ends here. */
  forEach(act: (value: V, key: K) => void, options?: Named): void {
    this.via(forEach(act), options);
  }

  /** The records of both streams, in no promised order between them. */
  merge<V2>(other: Stream<K, V2>, { name }: Named = {}): Stream<K, V | V2> {
    return new Stream(mergeAt(this.position, other.position, name));
  }

  /**
   * Divides the stream: each record goes to the first branch whose test it passes; to the branch named by `rest`, if
   * there is one, when it passes none.
   *
   * @example
   * const { large, small } = orders.split({ large: (order) => order.total > 100 }, { rest: 'small' })
   */
  split<B extends string, R extends string = never>(
    tests: Record<B, (value: V, key: K) => boolean>,
    options: Named & { rest?: R } = {},
  ): { readonly [branch in B | R]: Stream<K, V> } {
    return streamsAt(splitAt(this.position, tests, options)) as { readonly [branch in B | R]: Stream<K, V> };
  }

  /**
   * Divides the stream by patterns of ts-pattern: each record goes to the first branch whose pattern its value matches,
   * with the type narrowed to it.
   *
   * @example
   * const { paid, failed } = payments.match({ paid: { state: 'paid' }, failed: { state: 'failed' } })
   */
  match<const B extends Patterns<V>>(
    patterns: B,
    options: Named = {},
  ): { readonly [branch in keyof B]: Stream<K, P.narrow<V, B[branch]>> } {
    return streamsAt(matchAt(this.position, patterns, options)) as {
      readonly [branch in keyof B]: Stream<K, P.narrow<V, B[branch]>>;
    };
  }

  /** Groups records by another key. */
  groupBy<K2>(to: (value: V, key: K) => Sync<K2>, options: Named & { key?: Serde<K2> } = {}): GroupedStream<K2, V> {
    return this.selectKey(to, { key: options.key }).groupByKey(options) as GroupedStream<K2, V>;
  }

  /** Groups records by their key; records whose key is null are dropped. */
  groupByKey(options: Named = {}): GroupedStream<NonNullable<K>, V> {
    return new GroupedStream(this.position, options.name);
  }

  /** Sends records through a topic of the application, so that equal keys are together. */
  repartition(options: RepartitionOptions<K, V> = {}): Stream<K, V> {
    return new Stream(repartitionAt(this.position, options));
  }

  /** Appends a processor; what it forwards may have any key. */
  process<K2, V2>(processor: Processor<K, V, K2, V2>, options: Named & ProcessOptions<K2, V2> = {}): Stream<K2, V2> {
    return this.via(processRecords(processor, options), options);
  }

  /** Appends a processor that keeps each record's key. */
  processValues<V2>(
    processor: Processor<K, V, K, V2>,
    options: Named & Omit<ProcessOptions<K, V2>, 'key'> = {},
  ): Stream<K, V2> {
    return this.via(processValues(processor, options), options);
  }

  /** Reads the stream as a table: the last value of each key; null deletes. */
  toTable(options: TableOptions = {}): Table<NonNullable<K>, NonNullable<V>> {
    return new Table(...toTableAt(this.position, options));
  }

  /** Writes the stream to a topic, or to the topic chosen for each record. Null values are written as Kafka's null. */
  to(topic: SinkTopic<K, V>, options: Named & SinkOptions<K, V> = {}): void {
    sinkAt(this.position, topic, options);
  }

  /** Combines each record with the row of the key that it names, dropping it when there is none. */
  join<GK, V2, R>(
    table: GlobalTable<GK, V2>,
    match: KeyMatch<K, V, GK>,
    joiner: (left: V, right: V2, key: K) => Sync<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  /** Combines each record with the row of its key, dropping it when there is none. */
  join<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V, right: V2, key: K) => Sync<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  /** Combines records of both streams whose keys are equal, as far as the match says. */
  join<V2, R>(
    stream: Stream<K, V2>,
    match: StreamMatch,
    joiner: (left: V, right: V2, key: K) => Sync<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  join(...meeting: unknown[]): AnyStream {
    return new Stream(joinAt('inner', this, meeting));
  }

  /** As `join`, but keeps every record of this side; the other is undefined where there is none. */
  leftJoin<GK, V2, R>(
    table: GlobalTable<GK, V2>,
    match: KeyMatch<K, V, GK>,
    joiner: (left: V, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  leftJoin<V2, R>(
    table: Table<K, V2>,
    joiner: (left: V, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  leftJoin<V2, R>(
    stream: Stream<K, V2>,
    match: StreamMatch,
    joiner: (left: V, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R>;
  leftJoin(...meeting: unknown[]): AnyStream {
    return new Stream(joinAt('left', this, meeting));
  }

  /** As `join`, but keeps every record of both sides; the other is undefined where there is none. */
  outerJoin<V2, R>(
    stream: Stream<K, V2>,
    match: StreamMatch,
    joiner: (left: V | undefined, right: V2 | undefined, key: K) => Sync<R>,
    options?: JoinOptions<R>,
  ): Stream<K, R> {
    return new Stream(joinAt('outer', this, [stream, match, joiner, options]));
  }
}

/** The serde of what a join makes, and its name, after which its stores are named. */
export interface JoinOptions<R> extends Named {
  readonly value?: Serde<R>;
}

/** A stream whose types its holder does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyStream = Stream<any, any>;

const streamsAt = (positions: Readonly<Record<string, ChainPosition>>): Record<string, AnyStream> =>
  Object.fromEntries(
    Object.entries(positions).map(([branch, position]) => [branch, new Stream<unknown, unknown>(position)]),
  );
