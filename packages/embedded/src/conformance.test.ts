import { expect, test } from '@jest/globals';
import { logStorageChecks, transportChecks } from '@kstreams/testing';
import { embedded, memoryLog } from './index.js';

test.each(transportChecks)('in memory, $name', ({ run }) => run(async () => embedded()));

test.each(logStorageChecks({ durable: false }))('memory storage $name', ({ run }) => run(memoryLog()));

test('each log in memory is empty at first', async () => {
  const log = memoryLog();
  const first = embedded({ storage: log });
  await (await first.admin()).create([{ name: 't', partitions: 1, config: {} }]);
  const second = embedded({ storage: log });
  expect([...(await (await second.admin()).topics()).keys()]).toEqual([]);
});
