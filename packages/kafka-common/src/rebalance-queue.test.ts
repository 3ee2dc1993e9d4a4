import { expect, test } from '@jest/globals';
import { RebalanceQueue } from './rebalance-queue.js';

test('an abandoned queue acknowledges every rebalance', () => {
  const acknowledged: string[] = [];
  const queue = new RebalanceQueue(
    { find: () => undefined, add: () => {}, remove: () => {}, removeAll: () => {} },
    (kind) => {
      acknowledged.push(kind);
    },
  );
  queue.enqueue('assigned', [{ topic: 't', partition: 0 }]);
  expect(acknowledged).toEqual([]);
  queue.abandon();
  expect(acknowledged).toEqual(['assigned']);
  queue.enqueue('revoked', []);
  expect(acknowledged).toEqual(['assigned', 'revoked']);
});
