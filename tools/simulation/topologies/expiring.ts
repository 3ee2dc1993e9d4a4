/** Topologies with rows that end, on wall-clock and stream time. */
import type { Random } from '@kstreams/simulation';
import { streams, string, topic } from 'kstreams';
import type { Generated } from './generated.js';
import { both, countValue, type Item, items, left, output } from './item.js';
import { latest } from './laws.js';
import { inRow, nameOf, someSteps } from './steps.js';

const sizes = topic('sizes', { key: string, value: countValue });

/** Returns the group of a row by its number of items. */
const groupOf = (count: number): string => `n${count % 3}`;

/** Aggregates that end, and a count of them by group. */
export const expiring = (random: Random): Generated => {
  const clock = random.pick(['wall', 'stream'] as const);
  const ttl = { after: random.between(20, 300), clock };
  const emit = random.pick([undefined, 'on-commit'] as const);
  const steps = someSteps(random, 2);
  const first = inRow(steps);
  return {
    name: nameOf(steps, `aggregate with ttl on ${clock} → groupBy → count`),
    build: (pause) => {
      const app = streams('expiring');
      const table = first
        .chain(app.stream(left), pause)
        .groupByKey()
        .aggregate((): Item => ({ ids: [] }), both, { name: 'rows', value: items, ttl, ...(emit && { emit }) });
      table.toStream().to(output);
      table
        .groupBy(({ ids }, key) => [groupOf(ids.length), key] as const, { key: string, value: string })
        .count({ name: 'sizes' })
        .toStream()
        .to(sizes);
      return app;
    },
    law: (outcome, _, exactly) => {
      if (!exactly) return;
      const counted = new Map(outcome.read(sizes).map(({ key, value }) => [key, value]));
      const expected = new Map<string, number>();
      for (const row of latest(outcome)) {
        const group = groupOf(row.split(' ').length - 1);
        expected.set(group, (expected.get(group) ?? 0) + 1);
      }
      for (const group of ['n0', 'n1', 'n2']) {
        const [found, wanted] = [counted.get(group) ?? 0, expected.get(group) ?? 0];
        if (found !== wanted) throw new Error(`group ${group} counts ${found} rows, but the table has ${wanted}`);
      }
    },
  };
};
