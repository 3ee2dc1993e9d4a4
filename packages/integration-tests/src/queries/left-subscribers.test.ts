/** Subscribers that leave free their places in every process, however long they stayed. */
import { test } from '@jest/globals';
import { queryClient } from '@kstreams/query/client';
import { collectGarbage } from '@kstreams/test-support/collect-garbage';
import { QueriedApps } from './queried-app.js';

const subscribers = 10;

test('subscribers that leave after a garbage collection free the places of their forwarded requests', async () => {
  const apps = await QueriedApps.open(4);
  // A process has the subscriptions of its clients, and those that the other one forwards.
  const limits = { subscriptions: 2 * subscribers };
  const [one, other] = [await apps.begin({}, { limits }), await apps.begin({}, { limits })];
  await apps.placed(one, other);
  await apps.send(['ann', 1]);
  const held = await Promise.any([one, other].map(async (process) => ({ process, ...(await apps.heldBy(process)) })));
  const client = queryClient([(held.process === one ? other : one).url]);
  for (let round = 0; round < 4; round++) {
    const copies = Array.from({ length: subscribers }, () => client.view(held.store).live());
    await Promise.all(copies.map(({ ready }) => ready));
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }
    for (const copy of copies) copy.close();
  }
  await apps.close();
});
