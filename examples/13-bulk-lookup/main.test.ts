import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { testDriver } from '@kstreams/testing';
import type { Bytes } from 'kstreams';
import { connect, type Lookup, named, nameless, naming, orderOf, orders, type Redis } from './main.js';
import { nameAll, timed } from './speed.js';

/** Returns the number of GET and MGET commands so far. */
const commandsOf = async (redis: Redis): Promise<number> => {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/cmdstat_m?get:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
};

describeWith('redis', 'names of customers in Redis', (address) => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await connect(address);
    await nameAll(redis);
  });
  afterAll(() => redis.close());

  test.each<[Lookup, commands: number]>([
    ['one by one', 6],
    ['side by side', 6],
    ['in batches', 3],
  ])('%s: order per customer, dead letters for unknown ones, %i commands', async (lookup, commands) => {
    const before = await commandsOf(redis);
    const driver = testDriver(naming(redis, lookup), { onError: () => 'fail' });
    for (const [total, customer] of ['c1', 'nobody', 'c2', 'c1', 'nobody', 'c1'].entries())
      driver.input(orders).pipe(customer, { customer, total }, total);
    for (let round = 0; round < 3; round++) {
      driver.advance('5ms');
      await driver.settled();
    }
    const done = driver.output(named).read();
    expect(done.filter(({ key }) => key === 'c1').map(({ value }) => value)).toEqual(
      [0, 3, 5].map((total) => ({ customer: 'c1', total, name: 'Customer c1' })),
    );
    expect(done.filter(({ key }) => key !== 'c1').map(({ value }) => value?.name)).toEqual(['Customer c2']);
    const letters = driver.output(nameless).read();
    expect(letters.map(({ value }) => orderOf(value as Bytes).total)).toEqual([1, 4]);
    expect((await commandsOf(redis)) - before).toBe(commands);
  });

  test('2,000 orders are 2,000 commands one by one, and few in batches', async () => {
    const before = await commandsOf(redis);
    await timed(redis, 'one by one', 2_000);
    const between = await commandsOf(redis);
    await timed(redis, 'in batches', 2_000);
    expect(between - before).toBe(2_000);
    expect((await commandsOf(redis)) - between).toBeLessThan(2_000 / 10);
  });
});
