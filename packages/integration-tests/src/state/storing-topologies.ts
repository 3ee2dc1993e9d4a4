/** A topology for each step that keeps values, with values that JSON changes. */
import {
  by,
  type Context,
  hopping,
  json,
  keyValue,
  type Stream,
  type StreamRecord,
  type Streams,
  session,
  sliding,
  string,
  timers,
  topic,
  tumbling,
  untilTimeLimit,
  untilWindowCloses,
  within,
} from 'kstreams';

export interface Item {
  readonly n: number;
  readonly tags: readonly string[];
}
/** A value as users may well make one: nothing of it survives JSON unchanged. */
interface Odd {
  n: number;
  tags: string[];
}

export const lefts = topic('lefts', { key: string, value: json<Item>() });
export const rights = topic('rights', { key: string, value: json<Item>() });
export const out = topic('out', { key: string, value: string });

class Tagged {
  n: number;
  tags: string[];
  readonly made: Date;
  readonly left: string | undefined;
  constructor(n: number, tags: readonly string[]) {
    this.n = n;
    this.tags = [...tags];
    this.made = new Date(n);
    this.left = undefined;
  }
}

const odd = ({ n, tags }: Item): Odd => new Tagged(n === 0 ? -0 : n, tags);
const odds = json<Odd>();

/** Returns everything that a function can see of a value. */
export const seen = (value: unknown): string => {
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}`;
  if (typeof value !== 'object' || value === null) return `${typeof value} ${value}`;
  if (Array.isArray(value)) return `[${value.map(seen).join(' ')}]`;
  const members = Object.entries(value).map(([name, member]) => `${name}=${seen(member)}`);
  return `${value.constructor?.name}{${members.join(' ')}}`;
};

/** Adds to an aggregate in place, which keeps what it saw of the aggregate before. */
const add = (aggregate: Odd, { n, tags }: Item): Odd => {
  const before = seen(aggregate);
  aggregate.tags.push(...tags, before.length > 200 ? `${before.length}` : before);
  return new Tagged(aggregate.n + n, aggregate.tags);
};
const addInPlace = (aggregate: Odd, item: Item): Odd => {
  aggregate.tags.push(...item.tags, `${seen(aggregate.n)} ${item.n}`);
  aggregate.n += item.n;
  return aggregate;
};
const subtract = (aggregate: Odd, item: Item): Odd => {
  aggregate.tags = aggregate.tags.filter((tag) => !item.tags.includes(tag));
  aggregate.n -= item.n;
  return aggregate;
};
const empty = (): Odd => odd({ n: 0, tags: [] });
/** Shows a value, and keys that are objects. */
const show = <K, V>(stream: Stream<K, V>): void =>
  stream.map((value, key) => [seen(key), seen(value)], { key: string, value: string }).to(out);

const dates = json<{ readonly at: Date }>();
const left = (app: Streams): Stream<string, Item> => app.stream(lefts);
const right = (app: Streams): Stream<string, Item> => app.stream(rights);
const oddLeft = (app: Streams): Stream<string, Odd> => left(app).mapValues(odd, { value: odds });
const oddRight = (app: Streams): Stream<string, Odd> => right(app).mapValues(odd, { value: odds });
/** Keys that are objects and reach stores as they are. */
const byDate = (app: Streams) =>
  left(app)
    .selectKey(({ n }) => ({ at: new Date(n % 3) }), { key: dates, partitioned: 'kept' })
    .groupByKey();
const pair = (one: unknown, other: unknown): string => `${seen(one)} | ${seen(other)}`;
const joined = { value: string };

/** A processor that keeps values in a store and in timers, and forwards what it reads. */
const keeping = (app: Streams): void => {
  const ordered = keyValue('ordered', { key: dates, value: odds, ordered: true });
  const due = timers('due', { key: dates, value: odds });
  show(
    left(app).process(
      (context: Context<string, string>) => {
        const store = context.store(ordered);
        const set = context.timers(due, (key, at, value) => {
          context.forward({ key: seen(key), value: seen(value), timestamp: at, headers: [] });
        });
        return ({ key, value, timestamp }: StreamRecord<string, Item>) => {
          const at = { at: new Date(value.n % 3) };
          const before = store.getMutable(at);
          store.put(at, before === undefined ? odd(value) : addInPlace(before, value), timestamp);
          if (set.get(at) === undefined) set.set(at, timestamp + 5, odd(value));
          const rows = [...store.all()].map(([one, row]) => `${seen(one)} ${seen(row.value)}`);
          context.forward({ key, value: rows.join(), timestamp, headers: [] });
        };
      },
      { stores: [ordered, due], key: string, value: string },
    ),
  );
};

export const topologies: Readonly<Record<string, (app: Streams) => void>> = {
  aggregate: (app) => show(left(app).groupByKey().aggregate(empty, add, { name: 'a', value: odds }).toStream()),
  'reduce in place': (app) => show(oddLeft(app).groupByKey().reduce(addInPlace, { name: 'a' }).toStream()),
  'reduce beside a join': (app) => {
    const stream = oddLeft(app);
    show(stream.groupByKey().reduce(addInPlace, { name: 'a' }).toStream());
    stream.join(oddRight(app), within('1m'), pair, joined).to(out);
  },
  tumbling: (app) =>
    show(left(app).groupByKey().window(tumbling(10)).aggregate(empty, add, { name: 'a', value: odds }).toStream()),
  'hopping in place': (app) =>
    show(
      oddLeft(app)
        .groupByKey()
        .window(hopping(10, { advance: 5 }))
        .reduce(addInPlace, { name: 'a' })
        .toStream(),
    ),
  'sliding in place': (app) =>
    show(
      oddLeft(app)
        .groupByKey()
        .window(sliding(6, { grace: 20 }))
        .reduce(addInPlace, { name: 'a' })
        .toStream(),
    ),
  'sessions on close': (app) =>
    show(
      left(app)
        .groupByKey()
        .window(session(4, { grace: 3, emit: 'on-close' }))
        .aggregate(empty, add, addInPlace as never, { name: 'a', value: odds })
        .toStream(),
    ),
  'object keys on close': (app) =>
    show(
      byDate(app)
        .window(tumbling(10, { emit: 'on-close' }))
        .count({ name: 'a' })
        .toStream(),
    ),
  'object keys suppressed': (app) =>
    show(
      byDate(app)
        .window(tumbling(10))
        .aggregate(empty, add, { name: 'a', value: odds })
        .suppress(untilWindowCloses(), { name: 's' })
        .toStream(),
    ),
  suppressed: (app) => show(oddLeft(app).toTable({ name: 't' }).suppress(untilTimeLimit(4), { name: 's' }).toStream()),
  cogroup: (app) =>
    show(
      left(app)
        .groupByKey()
        .cogroup(empty, add)
        .cogroup(right(app).groupByKey(), addInPlace)
        .aggregate({ name: 'a', value: odds })
        .toStream(),
    ),
  'groups of a table': (app) =>
    show(
      oddLeft(app)
        .toTable({ name: 't' })
        .groupBy((value, key) => [seen(value.n).slice(-1), { n: value.n, tags: [key] }], { key: string, value: odds })
        .aggregate(empty, addInPlace, subtract, { name: 'a', value: odds })
        .toStream(),
    ),
  'joined tables': (app) => {
    const table = oddLeft(app).toTable({ name: 'l' });
    show(table.outerJoin(oddRight(app).toTable({ name: 'r' }), pair, { name: 'j', ...joined }).toStream());
    show(
      table
        .filter(({ n }) => n > 1, { name: 'f' })
        .mapValues(seen, { name: 'm', value: string })
        .toStream(),
    );
  },
  'joined streams': (app) => oddLeft(app).outerJoin(oddRight(app), within(5), pair, joined).to(out),
  'a table with a history': (app) => {
    const table = oddRight(app).toTable({ name: 'r', history: 20 });
    oddLeft(app)
      .leftJoin(table, pair, { grace: 3, ...joined })
      .to(out);
  },
  'a table of a topic': (app) =>
    oddLeft(app)
      .leftJoin(app.table(rights, { name: 'r' }), pair, joined)
      .to(out),
  'a global table': (app) =>
    oddLeft(app)
      .leftJoin(
        app.globalTable(rights, { name: 'r' }),
        by((_, key) => key),
        pair,
        joined,
      )
      .to(out),
  'a processor': keeping,
};

/** Tables that keep no rows, and hold their updates until the next commit. */
export const heldOnly: typeof topologies = {
  'a held table': (app) => show(oddLeft(app).toTable({ emit: 'on-commit' }).toStream()),
  'held rows of a filter': (app) =>
    show(
      oddLeft(app)
        .toTable()
        .filter(({ n }) => n > 1, { emit: 'on-commit' })
        .toStream(),
    ),
  'held results of a join': (app) => {
    const mapped = oddLeft(app)
      .toTable({ name: 'l' })
      .mapValues(({ n }) => ({ n, tags: [] }), { value: odds });
    show(mapped.join(app.table(rights), (one) => one, { value: odds, emit: 'on-commit' }).toStream());
  },
};
