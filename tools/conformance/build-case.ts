/** Builds the topology of a case with the public API. */
import {
  by,
  type GlobalTable,
  type GroupedStream,
  hopping,
  nullable,
  type Serde,
  Stream,
  type Streams,
  streams,
  string,
  Table,
  topic,
  tumbling,
  type WindowedStream,
  within,
} from 'kstreams';
import type { Case, Statement } from './case.js';
import { adders, groupings, joiners, keyFunctions, predicateOf, subtractors, valueMappers } from './functions.js';

/** A case that asks for something we do not have (yet); its message says what. */
export class Unsupported extends Error {}

// biome-ignore lint/suspicious/noExplicitAny: statements are wired by name, their types are known to the vectors only
type Any = any;

/** What a case wrote to a topic is read with. */
export interface BuiltCase {
  readonly app: Streams;
  readonly outputs: ReadonlyMap<string, { readonly key: Serde<Any>; readonly value: Serde<Any> }>;
}

const text = nullable(string);

export const buildCase = ({ config, topology }: Case): BuiltCase => {
  const optimised = config.topologyOptimization === 'all';
  const app = streams('case');
  const made = new Map<string, Any>();
  const outputs = new Map<string, { key: Serde<Any>; value: Serde<Any> }>();
  for (const statement of topology) {
    if (statement.op === 'to') {
      let from = made.get(statement.src as string);
      if (from instanceof Table) from = from.toStream();
      const { key, value } = (from as Stream<Any, Any>).position;
      const target = topic(statement.topic as string, { key: key.serde ?? text, value: value.serde ?? text });
      outputs.set(target.name, target);
      (from as Stream<Any, Any>).to(target as Any);
      continue;
    }
    const build = builders[statement.op];
    if (build === undefined) throw new Unsupported(statement.op);
    const result = build({
      app,
      statement,
      optimised,
      from: made.get(statement.src as string),
      other: made.get(statement.other as string),
      made,
    });
    if (statement.id !== undefined) made.set(statement.id, result);
  }
  return { app, outputs };
};

interface Building {
  readonly app: Streams;
  readonly statement: Statement;
  readonly optimised: boolean;
  readonly from: Any;
  readonly other: Any;
  readonly made: Map<string, Any>;
}

const named = ({ store }: Statement): { name?: string } => {
  if (store?.type === 'versioned') throw new Unsupported('versioned store');
  return store === undefined ? {} : { name: store.name };
};

const stored = (statement: Statement) => ({ ...named(statement), value: string });

const join =
  (kind: 'join' | 'leftJoin' | 'outerJoin') =>
  ({ statement, optimised, from, other }: Building): Any => {
    const joiner = joiners[statement.joiner as string];
    if (joiner === undefined) throw new Unsupported(`joiner ${statement.joiner}`);
    if (statement.grace !== undefined) throw new Unsupported('stream-table join with grace');
    if (from instanceof Table) return (from as Any)[kind](other, joiner, stored(statement));
    if (statement.windows !== undefined) {
      const self = optimised && from === other ? 'as-one' : 'as-two';
      return from[kind](other, within({ ...statement.windows, self }), joiner, { value: text });
    }
    if (statement.key !== undefined)
      return from[kind](other as GlobalTable<Any, Any>, by(keyFunctions[statement.key] as Any), joiner, {
        value: text,
      });
    return from[kind](other, joiner, { value: text });
  };

const builders: Readonly<Record<string, (building: Building) => Any>> = {
  stream: ({ app, statement }) => app.stream(topic(statement.topic as string, { key: text, value: text })),
  table: ({ app, statement }) =>
    app.table(topic(statement.topic as string, { key: string, value: string }), named(statement)),
  globalTable: ({ app, statement }) =>
    app.globalTable(topic(statement.topic as string, { key: string, value: string })),
  filter: ({ statement, from }) => from.filter(predicateOf(statement.fn as string), named(statement)),
  filterNot: ({ statement, from }) => from.filterNot(predicateOf(statement.fn as string), named(statement)),
  mapValues: ({ statement, from }) =>
    from.mapValues(valueMappers[statement.fn as string], {
      ...named(statement),
      value: from instanceof Table ? string : text,
    }),
  map: ({ from }) => from.map((value: Any, key: Any) => [value, key], { key: text, value: text }),
  flatMapValues: ({ from }) => from.flatMapValues((value: Any) => [...(value ?? '')], { value: text }),
  flatMap: ({ from }) =>
    from.flatMap((value: Any, key: Any) => [...(value ?? '')].map((c) => [c, key]), { key: text, value: text }),
  selectKey: ({ statement, from }) => from.selectKey(keyFunctions[statement.fn as string], { key: text }),
  repartition: ({ from }) => from.repartition(),
  merge: ({ from, other }) => from.merge(other),
  split: ({ statement, from, made }) => {
    const tests = Object.fromEntries((statement.branches ?? []).map(({ id, fn }) => [id, predicateOf(fn)]));
    const branches = (from as Stream<Any, Any>).split(tests, { rest: statement.default as never });
    for (const [id, branch] of Object.entries(branches)) made.set(id, branch);
  },
  toTable: ({ statement, from }) => from.toTable(named(statement)),
  toStream: ({ from }) => from.toStream(),
  groupByKey: ({ from }) => from.groupByKey(),
  groupBy: ({ statement, from }) => {
    const fn = statement.fn as string;
    if (from instanceof Stream) return from.groupBy(keyFunctions[fn] as Any, { key: text });
    const group = groupings[fn] ?? ((value: string, key: string) => [(keyFunctions[fn] as Any)(value, key), value]);
    return (from as Any).groupBy(group, { key: string, value: string });
  },
  windowedBy: ({ statement, from }) => {
    const { type, size, advance, grace, retention } = statement.window as NonNullable<Statement['window']>;
    if (type !== 'time') throw new Unsupported(`${type} windows`);
    const options = { grace, retention, emit: statement.emit === 'close' ? 'on-close' : 'on-update' } as const;
    const kind =
      advance === undefined || advance === size
        ? tumbling(size as number, options)
        : hopping(size as number, { ...options, advance });
    return (from as GroupedStream<Any, Any>).window(kind);
  },
  count: ({ statement, from }) => from.count(named(statement)),
  reduce: ({ statement, from }) => {
    const fn = statement.fn ?? 'plus';
    const adder = fn === 'nullOnX' ? (so: Any, value: Any) => (value === 'x' ? null : `${so}+${value}`) : adders[fn];
    return isTableGroup(from)
      ? from.reduce(adder, subtractors[fn] ?? subtractors.plus, stored(statement))
      : from.reduce(adder, stored(statement));
  },
  aggregate: ({ statement, from }) => {
    const fn = statement.fn ?? 'plus';
    const init = () => statement.init ?? (fn === 'set' ? '' : '0');
    return isTableGroup(from)
      ? from.aggregate(init, adders[fn], subtractors[fn], stored(statement))
      : (from as WindowedStream<Any, Any>).aggregate(init, adders[fn] as Any, stored(statement));
  },
  join: join('join'),
  leftJoin: join('leftJoin'),
  outerJoin: join('outerJoin'),
};

const isTableGroup = (from: Any): boolean => from?.constructor?.name === 'GroupedTable';
