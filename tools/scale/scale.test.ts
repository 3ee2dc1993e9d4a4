import { expect, test } from '@jest/globals';
import { ModelApplication } from './measure.js';

test('every process learns where all tasks run, after a start, a join and a crash', async () => {
  const [start, join, crash] = await new ModelApplication({ processes: 5, tasks: 60 }).run();
  expect(start).toMatchObject({ event: 'all start', opened: 60, rebalances: 1 });
  expect(join).toMatchObject({ event: 'one joins', opened: 10, rebalances: 2 });
  expect(crash).toMatchObject({ event: 'one crashes', opened: 10, rebalances: 1 });
});

test('with ten times as many processes the rows of a start grow no more than tenfold', async () => {
  const [few] = await new ModelApplication({ processes: 4, tasks: 80 }).run();
  const [many] = await new ModelApplication({ processes: 40, tasks: 80 }).run();
  expect(many?.written.records).toBeLessThanOrEqual(10 * (few?.written.records ?? 0));
});

test('with ten times as many tasks the bytes of a start grow less than tenfold', async () => {
  const [few] = await new ModelApplication({ processes: 5, tasks: 50 }).run();
  const [many] = await new ModelApplication({ processes: 5, tasks: 500 }).run();
  expect(many?.read.bytes).toBeLessThan(10 * (few?.read.bytes ?? 0));
});
