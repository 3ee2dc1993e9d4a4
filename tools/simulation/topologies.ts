/** Random topologies: what each is, how it is built, and what plain code knows of its result. */
import type { Outcome, Random } from '@kstreams/testing';
import { hopping, type Stream, type Streams, streams, string, type Table, topic, tumbling, within } from 'kstreams';
import { both, countValue, type Item, items, left, output, right } from './item.js';
import { expectAll, type Ids, type InputRecords, idsOf } from './laws.js';
import { type Plain, type Step, someSteps } from './stateless.js';

/** A generated topology. */
export interface Generated {
  readonly name: string;
  /** `pause` is what a call of a step that waits takes. */
  readonly build: (pause: () => Promise<void>) => Streams;
  /** What must be in the result, by plain code over the whole input; throws what is missing or too much. */
  readonly law?: (outcome: Outcome, input: InputRecords, exactly: boolean) => void;
}

type Keyed = Stream<string, Item>;

const chainOf = (steps: readonly Step[]) => (stream: Keyed) => steps.reduce((so, step) => step.chain(so), stream);
const plainOf = (steps: readonly Step[]) => (records: readonly Plain[]) =>
  steps.reduce((so, step) => step.plain(so), records);
const nameOf = (kind: string, steps: readonly Step[]): string => [...steps.map(({ name }) => name), kind].join(' → ');

const written = (outcome: Outcome): Ids => outcome.read(output).map(({ key, value }) => idsOf(String(key), value));
/** The values of a store's rows; operators also keep rows of their own there, whose keys are short. */
const rows = (outcome: Outcome, store: string): Ids =>
  outcome.changelog(store).flatMap((row) => {
    const text = new TextDecoder().decode(row.value as Uint8Array);
    return text.startsWith('{"ids"') ? [idsOf('', items.decode(row.value as Uint8Array, row))] : [];
  });

const stateless = (random: Random): Generated => {
  const steps = someSteps(random, 4);
  return {
    name: nameOf('to', steps),
    build: () => {
      const app = streams('stateless');
      chainOf(steps)(app.stream(left)).to(output);
      return app;
    },
    law: (outcome, input, exactly) => {
      const wanted = plainOf(steps)(input.left).map(({ key, value }) => idsOf(key, value));
      expectAll('the output', wanted, written(outcome), exactly);
    },
  };
};

const collect = (all: Item, value: Item): Item => both(all, value);

/** Deletes the row when it holds enough. */
const collectFive = (all: Item, value: Item): Item | undefined => (all.ids.length < 5 ? both(all, value) : undefined);

const aggregated = (random: Random): Generated => {
  const steps = someSteps(random, 3);
  const after = random.chance(0.4);
  const deletes = random.chance(0.3);
  return {
    name: nameOf(`aggregate${deletes ? ' and delete' : ''}${after ? ' → groupBy → count' : ''}`, steps),
    build: () => {
      const app = streams('aggregated');
      const table = chainOf(steps)(app.stream(left))
        .groupByKey()
        .aggregate((): Item => ({ ids: [] }), deletes ? collectFive : collect, { name: 'all', value: items });
      table.toStream().to(output);
      if (after) {
        table
          .groupBy((value, key) => [`n${value.ids.length % 3}`, key] as const, { key: string, value: string })
          .count({ name: 'sizes' })
          .toStream()
          .to(topic('sizes', { key: string, value: countValue }));
      }
      return app;
    },
    ...(!deletes && {
      law: (outcome: Outcome, input: InputRecords, exactly: boolean) => {
        const wanted = plainOf(steps)(input.left).flatMap(({ value }) => value.ids.map(String));
        const found = rows(outcome, 'all').flatMap((ids) => ids.split(' ').slice(1));
        expectAll('the rows', wanted, found, exactly);
      },
    }),
  };
};

const windowed = (random: Random): Generated => {
  const steps = someSteps(random, 2);
  const emit = random.pick(['on-update', 'on-close'] as const);
  const hops = random.chance(0.5);
  const grace = random.pick([0, 40, 1_000_000]);
  return {
    name: nameOf(`${hops ? 'hopping' : 'tumbling'} ${emit} grace ${grace}`, steps),
    build: () => {
      const app = streams('windowed');
      const group = chainOf(steps)(app.stream(left)).groupByKey();
      const cut = hops
        ? group.window(hopping(100, { advance: 50, grace, emit }))
        : group.window(tumbling(100, { grace, emit }));
      cut
        .aggregate((): Item => ({ ids: [] }), collect, { name: 'windows', value: items })
        .toStream()
        .selectKey((_, { key, start }) => `${key}@${start}`, { key: string })
        .to(output);
      return app;
    },
    ...(grace === 1_000_000 && {
      law: (outcome: Outcome, input: InputRecords, exactly: boolean) => {
        const wanted = plainOf(steps)(input.left).flatMap(({ timestamp, value }) =>
          Array.from({ length: hops && timestamp >= 50 ? 2 : 1 }, () => value.ids.map(String)).flat(),
        );
        const found = rows(outcome, 'windows').flatMap((ids) => ids.split(' ').slice(1));
        expectAll('the rows', wanted, found, exactly);
      },
    }),
  };
};

const joined = (random: Random): Generated => {
  const kind = random.pick(['join', 'leftJoin', 'outerJoin'] as const);
  const grace = random.pick([0, 40, 1_000_000]);
  const steps = someSteps(random, 2);
  return {
    name: nameOf(`stream ${kind} stream, grace ${grace}`, steps),
    build: () => {
      const app = streams('joined');
      const [a, b] = [chainOf(steps)(app.stream(left)), app.stream(right)];
      const by = within(60, { grace });
      const named = { name: 'pairs', value: items };
      const pairs: Keyed =
        kind === 'join'
          ? a.join(b, by, both, named)
          : kind === 'leftJoin'
            ? a.leftJoin(b, by, both, named)
            : a.outerJoin(b, by, both, named);
      pairs.to(output);
      return app;
    },
    ...(grace === 1_000_000 &&
      kind === 'join' && {
        law: (outcome: Outcome, input: InputRecords, exactly: boolean) => {
          const wanted = plainOf(steps)(input.left).flatMap((a) =>
            input.right
              .filter((b) => b.key === a.key && Math.abs(a.timestamp - b.timestamp) <= 60)
              .map((b) => idsOf(a.key, both(a.value, b.value))),
          );
          expectAll('the pairs', wanted, written(outcome), exactly);
        },
      }),
  };
};

const tables = (random: Random): Generated => {
  const kind = random.pick(['stream with table', 'table with table'] as const);
  const first = random.chance(0.5);
  const named = random.chance(0.5);
  return {
    name: kind,
    build: () => {
      const app = streams('tables');
      const table: Table<string, Item> = named ? app.table(right, { name: 'rights' }) : app.table(right);
      if (kind === 'stream with table') {
        const stream = app.stream(left);
        (first ? stream.join(table, both, { value: items }) : stream.leftJoin(table, both, { value: items })).to(
          output,
        );
      } else {
        const sums = app
          .stream(left)
          .groupByKey()
          .reduce((a, b) => ({ ids: both(a, b).ids.slice(-3) }), { name: 'lefts', value: items });
        const made = first
          ? sums.join(table, both, { name: 'made', value: items })
          : sums.outerJoin(table, both, { name: 'made', value: items });
        made.toStream().to(output as never);
      }
      return app;
    },
  };
};

const merged = (random: Random): Generated => {
  const steps = someSteps(random, 2);
  return {
    name: nameOf('merge → reduce → windowed count', steps),
    build: () => {
      const app = streams('merged');
      const all = chainOf(steps)(app.stream(left)).merge(app.stream(right));
      all
        .groupBy((value, key) => `${key}${(value.ids[0] ?? 0) % 2}`, { key: string })
        .window(tumbling(200, { grace: 100 }))
        .count({ name: 'counts' })
        .toStream()
        .selectKey((_, { key }) => key, { key: string })
        .groupByKey()
        .reduce((a, b) => Math.max(a, b), { name: 'most', value: countValue })
        .toStream()
        .to(topic('sizes', { key: string, value: countValue }));
      return app;
    },
  };
};

/** Calls end in any order; those of a key come out in the order in which they went in. */
const asynchronous = (random: Random): Generated => {
  const steps = someSteps(random, 2);
  const counted = random.chance(0.5);
  const order = random.pick(['key', 'partition'] as const);
  return {
    name: nameOf(counted ? `mapAsync by ${order} → aggregate` : `mapAsync by ${order} → to`, steps),
    build: (pause) => {
      const app = streams('asynchronous');
      const called = chainOf(steps)(app.stream(left)).mapAsync(
        async (value): Promise<Item> => {
          await pause();
          return value;
        },
        { name: 'call', order, value: items },
      );
      if (!counted) called.to(output);
      else {
        called
          .groupByKey()
          .aggregate((): Item => ({ ids: [] }), collect, { name: 'all', value: items })
          .toStream()
          .to(output);
      }
      return app;
    },
    law: (outcome, input, exactly) => {
      const wanted = plainOf(steps)(input.left);
      if (!counted) {
        const expected = wanted.map(({ key, value }) => idsOf(key, value));
        expectAll('the output', expected, written(outcome), exactly);
        return;
      }
      const found = rows(outcome, 'all').flatMap((ids) => ids.split(' ').slice(1));
      const expected = wanted.flatMap(({ value }) => value.ids.map(String));
      expectAll('the rows', expected, found, exactly);
    },
  };
};

/** A random topology. */
export const generate = (random: Random): Generated =>
  random.pick([stateless, aggregated, aggregated, windowed, windowed, joined, joined, tables, merged, asynchronous])(
    random,
  );
