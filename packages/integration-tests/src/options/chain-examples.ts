/** A right call of every method of the chain. */
import { count } from '@kstreams/aggregates';
import { by, type CogroupedStream, session, streams, string, topic, tumbling, untilTimeLimit, within } from 'kstreams';
import type { Examples } from './example.js';

const text = { key: string, value: string };
const lines = topic('lines', text);
const words = topic('words', text);

const app = () => streams('app', { defaults: text });
const stream = () => app().stream(lines);
const table = () => app().table(lines);
const group = () => stream().groupByKey();
const rows = () => table().groupBy((value, key) => [key, value]);
const cogroup = (): CogroupedStream<string, string, string> =>
  group().cogroup(
    () => '',
    (all) => all,
  );
const windows = () => group().window(tumbling('1m'));
const sessions = () => group().window(session('1m'));
const within1m = within('1m');
const byValue = by((value: string) => value);

/** Streams and tables of one application. */
const sides = () => {
  const one = app();
  return { stream: one.stream(lines), other: one.stream(words) };
};
const sidesWithTable = () => {
  const one = app();
  return { stream: one.stream(lines), other: one.table(words) };
};
const sidesWithGlobal = () => {
  const one = app();
  return { stream: one.stream(lines), other: one.globalTable(words) };
};
const tables = () => {
  const one = app();
  return { table: one.table(lines), other: one.table(words) };
};

/** The examples by the names of `publicCalls`. */
export const chainExamples: Examples = {
  'CogroupedStream.aggregate': ({ options }) => cogroup().aggregate(options),
  'CogroupedStream.cogroup': ({ add }) => {
    const { stream, other } = sides();
    const first = stream.groupByKey().cogroup(
      () => '',
      (all) => all,
    );
    return first.cogroup(other.groupByKey(), add);
  },
  'CogroupedStream.window': ({ by }) => cogroup().window(by),
  'GroupedStream.aggregate': ({ options }) => group().aggregate(count(), options),
  'GroupedStream.aggregate/2': ({ init, add, options }) => group().aggregate(init, add, options),
  'GroupedStream.cogroup': ({ init, add }) => group().cogroup(init, add),
  'GroupedStream.count': ({ options }) => group().count(options),
  'GroupedStream.reduce': ({ combine, options }) => group().reduce(combine, options),
  'GroupedStream.window': ({ by }) => group().window(by),
  'GroupedTable.aggregate': ({ options }) => rows().aggregate(count(), options),
  'GroupedTable.aggregate/2': ({ init, add, subtract, options }) => rows().aggregate(init, add, subtract, options),
  'GroupedTable.count': ({ options }) => rows().count(options),
  'GroupedTable.reduce': ({ add, subtract, options }) => rows().reduce(add, subtract, options),
  'SessionCogroup.aggregate': ({ merge, options }) => cogroup().window(session('1m')).aggregate(merge, options),
  'SessionStream.aggregate': ({ options }) => sessions().aggregate(count(), options),
  'SessionStream.aggregate/2': ({ init, add, merge, options }) => sessions().aggregate(init, add, merge, options),
  'SessionStream.count': ({ options }) => sessions().count(options),
  'SessionStream.reduce': ({ combine, options }) => sessions().reduce(combine, options),
  'Stream.filter': ({ test, options }) => stream().filter(test, options),
  'Stream.filterAsync': ({ test, options }) => stream().filterAsync(test, options),
  'Stream.filterNot': ({ test, options }) => stream().filterNot(test, options),
  'Stream.flatMap': ({ to, options }) => stream().flatMap(to, options),
  'Stream.flatMapAsync': ({ to, options }) => stream().flatMapAsync(to, options),
  'Stream.flatMapValues': ({ to, options }) => stream().flatMapValues(to, options),
  'Stream.forEach': ({ act, options }) => stream().forEach(act, options),
  'Stream.forEachAsync': ({ act, options }) => stream().forEachAsync(act, options),
  'Stream.groupBy': ({ to, options }) => stream().groupBy(to, options),
  'Stream.groupByKey': ({ options }) => stream().groupByKey(options),
  'Stream.join': ({ joiner, options }) => {
    const { stream, other } = sidesWithGlobal();
    return stream.join(other, byValue, joiner, options);
  },
  'Stream.join/2': ({ joiner, options }) => {
    const { stream, other } = sidesWithTable();
    return stream.join(other, joiner, options);
  },
  'Stream.join/3': ({ joiner, options }) => {
    const { stream, other } = sides();
    return stream.join(other, within1m, joiner, options);
  },
  'Stream.leftJoin': ({ joiner, options }) => {
    const { stream, other } = sidesWithGlobal();
    return stream.leftJoin(other, byValue, joiner, options);
  },
  'Stream.leftJoin/2': ({ joiner, options }) => {
    const { stream, other } = sidesWithTable();
    return stream.leftJoin(other, joiner, options);
  },
  'Stream.leftJoin/3': ({ joiner, options }) => {
    const { stream, other } = sides();
    return stream.leftJoin(other, within1m, joiner, options);
  },
  'Stream.map': ({ to, options }) => stream().map(to, options),
  'Stream.mapAsync': ({ to, options }) => stream().mapAsync(to, options),
  'Stream.mapBatch': ({ to, options }) => stream().mapBatch(to, options),
  'Stream.mapValues': ({ to, options }) => stream().mapValues(to, options),
  'Stream.match': ({ options }) => stream().match({ a: 'a' } as never, options),
  'Stream.merge': ({ options }) => {
    const { stream, other } = sides();
    return stream.merge(other, options);
  },
  'Stream.outerJoin': ({ joiner, options }) => {
    const { stream, other } = sides();
    return stream.outerJoin(other, within1m, joiner, options);
  },
  'Stream.peek': ({ look, options }) => stream().peek(look, options),
  'Stream.print': ({ options }) => stream().print(options),
  'Stream.process': ({ processor, options }) => stream().process(processor, options),
  'Stream.processAsync': ({ to, options }) => stream().processAsync(to, options),
  'Stream.processValues': ({ processor, options }) => stream().processValues(processor, options),
  'Stream.repartition': ({ options }) => stream().repartition(options),
  'Stream.selectKey': ({ to, options }) => stream().selectKey(to, options),
  'Stream.setHeaders': ({ to, options }) => stream().setHeaders(to, options),
  'Stream.split': ({ options }) => stream().split({ a: () => true }, options),
  'Stream.to': ({ options }) => stream().to(words, options),
  'Stream.toTable': ({ options }) => stream().toTable(options),
  'Stream.via': ({ options }) =>
    stream().via({ name: 'pass', key: 'kept', value: 'kept', processor: ({ forward }) => forward }, options),
  'Stream.with': ({ serdes }) => stream().with(serdes),
  'Streams.globalTable': ({ options }) => app().globalTable(lines, options),
  'Streams.stream': ({ options }) => app().stream(lines, options),
  'Streams.table': ({ options }) => app().table(lines, options),
  'Table.filter': ({ test, options }) => table().filter(test, options),
  'Table.filterNot': ({ test, options }) => table().filterNot(test, options),
  'Table.groupBy': ({ to, options }) => table().groupBy(to, options),
  'Table.join': ({ joiner, options }) => {
    const { table, other } = tables();
    return table.join(other, byValue, joiner, options);
  },
  'Table.join/2': ({ joiner, options }) => {
    const { table, other } = tables();
    return table.join(other, joiner, options);
  },
  'Table.leftJoin': ({ joiner, options }) => {
    const { table, other } = tables();
    return table.leftJoin(other, byValue, joiner, options);
  },
  'Table.leftJoin/2': ({ joiner, options }) => {
    const { table, other } = tables();
    return table.leftJoin(other, joiner, options);
  },
  'Table.mapValues': ({ to, options }) => table().mapValues(to, options),
  'Table.outerJoin': ({ joiner, options }) => {
    const { table, other } = tables();
    return table.outerJoin(other, joiner, options);
  },
  'Table.processValues': ({ processor, options }) => table().processValues(processor, options),
  'Table.suppress': ({ options }) => table().suppress(untilTimeLimit('1s'), options),
  'Table.toStream': ({ options }) => table().toStream(options),
  'Table.with': ({ serdes }) => table().with(serdes),
  'WindowedCogroup.aggregate': ({ options }) => cogroup().window(tumbling('1m')).aggregate(options),
  'WindowedStream.aggregate': ({ options }) => windows().aggregate(count(), options),
  'WindowedStream.aggregate/2': ({ init, add, options }) => windows().aggregate(init, add, options),
  'WindowedStream.count': ({ options }) => windows().count(options),
  'WindowedStream.reduce': ({ combine, options }) => windows().reduce(combine, options),
};
