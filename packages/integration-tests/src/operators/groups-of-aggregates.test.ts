/** Groups of aggregates subtract what they added: nothing for a new aggregate. */
import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import { double, hopping, sliding, streams, string, type Table, topic, tumbling } from 'kstreams';

const input = topic('input', { key: string, value: double });
const told = topic('told', { key: string, value: string });

type Sums = Table<unknown, number>;
const sums = (app: ReturnType<typeof streams>) => app.stream(input).groupByKey();
const add = (sum: number, value: number): number => sum + value;
const tables: readonly (readonly [string, (app: ReturnType<typeof streams>) => Sums])[] = [
  ['kept per key', (app) => sums(app).aggregate(() => 100, add, { value: double })],
  [
    'of tumbling windows',
    (app) =>
      sums(app)
        .window(tumbling(10))
        .aggregate(() => 100, add, { value: double }),
  ],
  [
    'of hopping windows',
    (app) =>
      sums(app)
        .window(hopping(10, { advance: 10 }))
        .aggregate(() => 100, add, { value: double }),
  ],
  [
    'of sliding windows',
    (app) =>
      sums(app)
        .window(sliding(10))
        .aggregate(() => 100, add, { value: double }),
  ],
];

test.each(tables)('aggregates %s', (_, build) => {
  const app = streams('app');
  build(app)
    .groupBy((sum) => ['all', sum], { key: string, value: double })
    .aggregate(
      () => '',
      (aggregate, sum) => `${aggregate}+${sum}`,
      (aggregate, sum) => `${aggregate}-${sum}`,
      { value: string },
    )
    .toStream()
    .to(told);
  const driver = testDriver(app);
  driver.input(input).pipe('a', 1, 50);
  driver.input(input).pipe('b', 2, 50);
  expect(
    driver
      .output(told)
      .read()
      .map(({ value }) => value),
  ).toEqual(['+101', '+101+102']);
});
