/** Topologies that aggregate by key. */
import type { Random } from '@kstreams/simulation';
import { type Context, keyValue, record, type StreamRecord, streams, string, topic, tumbling } from 'kstreams';
import type { Generated } from './generated.js';
import { both, countValue, type Item, items, left, output, right } from './item.js';
import { expectAll, idsInRows } from './laws.js';
import { inRow, nameOf, someSteps } from './steps.js';

const collect = (all: Item, value: Item): Item => both(all, value);

/** Deletes the row once it holds enough. */
const collectFive = (all: Item, value: Item): Item | undefined => (all.ids.length < 5 ? both(all, value) : undefined);

/** One row per key, with late emission, in groups, and with further steps. */
export const aggregated = (random: Random): Generated => {
  const [before, after] = [someSteps(random, 3), someSteps(random, 2)];
  const [first, then] = [inRow(before), inRow(after)];
  const grouped = random.chance(0.3);
  const deletes = random.chance(0.3);
  const emit = random.pick([undefined, undefined, 'on-commit', { every: 30 }] as const);
  const kind = `aggregate${deletes ? ' and delete' : ''}${emit === undefined ? '' : ' and emit later'}`;
  return {
    name: nameOf(before, grouped ? `${kind} → groupBy → count` : kind, after),
    build: (pause) => {
      const app = streams('aggregated');
      const table = first
        .chain(app.stream(left), pause)
        .groupByKey()
        .aggregate((): Item => ({ ids: [] }), deletes ? collectFive : collect, {
          name: 'all',
          value: items,
          ...(emit && { emit }),
        });
      const rows = table.toStream().flatMapValues((value) => (value === null ? [] : [value]), { value: items });
      then.chain(rows, pause).to(output);
      if (grouped) {
        table
          .groupBy((value, key) => [`n${value.ids.length % 3}`, key] as const, { key: string, value: string })
          .count({ name: 'sizes' })
          .toStream()
          .to(topic('sizes', { key: string, value: countValue }));
      }
      return app;
    },
    law: deletes
      ? undefined
      : (outcome, input, exactly) => {
          const wanted = first.plain(input.left).flatMap(({ value }) => value.ids.map(String));
          expectAll('the rows', wanted, idsInRows(outcome, 'all'), exactly);
        },
  };
};

/** One row per key in a store without a changelog, which a bucket keeps. */
export const kept = (random: Random): Generated => {
  const before = someSteps(random, 2);
  const steps = inRow(before);
  return {
    name: nameOf(before, 'aggregate without a changelog', []),
    guarantee: 'at-least-once',
    build: (pause) => {
      const app = streams('kept');
      const all = keyValue('all', { key: string, value: items, changelog: false });
      steps
        .chain(app.stream(left), pause)
        .repartition({ name: 'by-key' })
        .process(
          (context: Context<string, Item>) => {
            const rows = context.store(all);
            return ({ key, timestamp, value }: StreamRecord<string, Item>): void => {
              const collected = collect(rows.get(key) ?? { ids: [] }, value);
              rows.put(key, collected, timestamp);
              context.forward(record(key, collected, timestamp));
            };
          },
          { stores: [all], key: string, value: items },
        )
        .to(output);
      return app;
    },
    // A process that lost the partition may write an older output last.
    law: (outcome, input) => {
      const outputs = outcome.read(output).map(({ key, value }) => ({ key: String(key), ids: value?.ids ?? [] }));
      const wanted = steps.plain(input.left);
      for (const key of new Set(wanted.map((one) => one.key))) {
        const own = outputs.filter((one) => one.key === key).map(({ ids }) => ids.map(String));
        const most = own.reduce((all, ids) => (new Set(ids).size > new Set(all).size ? ids : all), []);
        const ids = wanted.filter((one) => one.key === key).flatMap(({ value }) => value.ids.map(String));
        expectAll(`the row of ${key}`, ids, most, false);
      }
    },
  };
};

/** Two merged streams, through three sub-topologies. */
export const merged = (random: Random): Generated => {
  const steps = someSteps(random, 2);
  return {
    name: nameOf(steps, 'merge → windowed count → reduce'),
    build: (pause) => {
      const app = streams('merged');
      inRow(steps)
        .chain(app.stream(left), pause)
        .merge(app.stream(right))
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
