/** Topologies with joins. */
import type { Random } from '@kstreams/simulation';
import { by, streams, within } from 'kstreams';
import type { Generated } from './generated.js';
import { both, type Item, items, left, output, places, right, sum } from './item.js';
import { expectAll, idsOf, type Law, latest, written } from './laws.js';
import { inRow, type Keyed, nameOf, type Plain, someSteps } from './steps.js';

const texts = (records: readonly Plain[]): readonly string[] => records.map(({ key, value }) => idsOf(key, value));

/** Two streams within a time, with steps before and after. */
export const joined = (random: Random): Generated => {
  const kind = random.pick(['join', 'leftJoin', 'outerJoin'] as const);
  const grace = random.pick([0, 40, 1_000_000]);
  const sides = [someSteps(random, 2), someSteps(random, 1), someSteps(random, 2)] as const;
  const [a, b, behind] = [inRow(sides[0]), inRow(sides[1]), inRow(sides[2])];
  const law: Law = (outcome, input, exactly) => {
    const rights = b.plain(input.right);
    const pairs = a
      .plain(input.left)
      .flatMap((one) =>
        rights
          .filter((other) => other.key === one.key && Math.abs(one.timestamp - other.timestamp) <= 60)
          .map((other) => ({ ...one, value: both(one.value, other.value) })),
      );
    expectAll('the pairs', texts(behind.plain(pairs)), written(outcome), exactly);
  };
  return {
    name: nameOf(sides[0], `${kind} (${nameOf(sides[1], 'right')}) grace ${grace}`, sides[2]),
    build: (pause) => {
      const app = streams('joined');
      const [one, other] = [a.chain(app.stream(left), pause), b.chain(app.stream(right), pause)];
      const match = within(60, { grace });
      const named = { name: 'pairs', value: items };
      const pairs: Keyed =
        kind === 'join'
          ? one.join(other, match, both, named)
          : kind === 'leftJoin'
            ? one.leftJoin(other, match, both, named)
            : one.outerJoin(other, match, both, named);
      behind.chain(pairs, pause).to(output);
      return app;
    },
    law: grace === 1_000_000 && kind === 'join' ? law : undefined,
  };
};

/** A stream with a table, or two tables, by key. */
export const tables = (random: Random): Generated => {
  const kind = random.pick(['stream with table', 'table with table'] as const);
  const inner = random.chance(0.5);
  const [before, after] = [someSteps(random, 2), someSteps(random, 1)];
  const rows = { ...(random.chance(0.5) && { name: 'rights' }), ...(random.chance(0.3) && { history: 100 }) };
  return {
    name: nameOf(before, 'history' in rows ? `${kind} that has a history` : kind, after),
    build: (pause) => {
      const app = streams('tables');
      const table = app.table(right, rows);
      const stream = inRow(before).chain(app.stream(left), pause);
      if (kind === 'stream with table') {
        const met = inner ? stream.join(table, both, { value: items }) : stream.leftJoin(table, both, { value: items });
        inRow(after).chain(met, pause).to(output);
      } else {
        const sums = stream
          .groupByKey()
          .reduce((a, b) => ({ ids: both(a, b).ids.slice(-3) }), { name: 'lefts', value: items });
        const made = inner
          ? sums.join(table, both, { name: 'made', value: items })
          : sums.outerJoin(table, both, { name: 'made', value: items });
        const told = made.toStream().flatMapValues((value) => (value === null ? [] : [value]), { value: items });
        inRow(after).chain(told, pause).to(output);
      }
      return app;
    },
  };
};

const lastOf = (records: readonly Plain[]): ReadonlyMap<string, Plain> => new Map(records.map((one) => [one.key, one]));

/** Draws the row of the other side that an item joins. */
const keyOf = (value: Item): string => `k${sum(value) % 6}`;

/** Two tables by a foreign key. */
export const foreign = (random: Random): Generated => {
  const inner = random.chance(0.5);
  return {
    name: `foreign-key ${inner ? 'join' : 'leftJoin'}`,
    build: () => {
      const app = streams('foreign');
      const [lefts, rights] = [app.table(left), app.table(right)];
      const how = { name: 'met', value: items };
      const match = by(keyOf);
      const met = inner ? lefts.join(rights, match, both, how) : lefts.leftJoin(rights, match, both, how);
      met.toStream().to(output as never);
      return app;
    },
    law: (outcome, input, exactly) => {
      const rights = lastOf(input.right);
      const wanted = [...lastOf(input.left)].flatMap(([key, { value }]) => {
        const other = rights.get(keyOf(value))?.value;
        return inner && other === undefined ? [] : [idsOf(key, both(value, other))];
      });
      if (!exactly) return;
      expectAll('the rows', wanted, latest(outcome), exactly);
    },
  };
};

/** A stream with a global table. */
export const global = (random: Random): Generated => {
  const inner = random.chance(0.5);
  const [before, after] = [someSteps(random, 2), someSteps(random, 2)];
  const [first, then] = [inRow(before), inRow(after)];
  return {
    name: nameOf(before, inner ? 'join with global table' : 'leftJoin with global table', after),
    build: (pause) => {
      const app = streams('global');
      const table = app.globalTable(places);
      const stream = first.chain(app.stream(left), pause);
      const met = inner
        ? stream.join(table, by(keyOf), both, { value: items })
        : stream.leftJoin(table, by(keyOf), both, { value: items });
      then.chain(met, pause).to(output);
      return app;
    },
    law: (outcome, input, exactly) => {
      const rows = lastOf(input.places);
      const met = first.plain(input.left).flatMap((one) => {
        const other = rows.get(keyOf(one.value))?.value;
        return inner && other === undefined ? [] : [{ ...one, value: both(one.value, other) }];
      });
      expectAll('the output', texts(then.plain(met)), written(outcome), exactly);
    },
  };
};
