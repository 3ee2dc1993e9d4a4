/** Subscribers that leave free their places in every process, however long they stayed. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { queryClient } from '@kstreams/query/client';
import { QueriedApps } from './queried-app.js';

const subscribers = 10;

/** Collects garbage, and what is freed by that. */
const collect = async (): Promise<void> => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let turn = 0; turn < 3; turn++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test('subscribers that leave after a garbage collection free the places of their forwarded requests', async () => {
  const apps = await QueriedApps.open(4);
  // A process has the subscriptions of its clients, and those that the other one forwards.
  const limits = { subscriptions: 2 * subscribers };
  const [one, other] = [await apps.begin({}, { limits }), await apps.begin({}, { limits })];
  await apps.placed(one, other);
  await apps.send(['ann', 1]);
  const held = await Promise.any([one, other].map(async (process) => ({ process, ...(await apps.heldBy(process)) })));
  for (let round = 0; round < 4; round++) {
    const from = held.process === one ? other : one;
    const client = queryClient([from.url]);
    const copies = Array.from({ length: subscribers }, () => client.view(held.store).live());
    await Promise.all(copies.map(({ ready }) => ready));
    await collect();
    for (const copy of copies) copy.close();
  }
  expect(apps.errors).toEqual([]);
  await apps.close();
});
