import { expect, test } from '@jest/globals';
import { codes } from '../client/errors.js';
import { RebalanceQueue } from './rebalance-queue.js';

test('an abandoned queue acknowledges every rebalance, until the client is disconnected', () => {
  const acknowledged: string[] = [];
  let connected = true;
  const acknowledge = (kind: string) => () => {
    if (!connected) throw Object.assign(new Error('KafkaConsumer is disconnected'), { code: codes.wrongState });
    acknowledged.push(kind);
  };
  const queue = new RebalanceQueue(
    {
      incrementalAssign: acknowledge('assign'),
      incrementalUnassign: acknowledge('unassign'),
      assignmentLost: () => false,
    },
    { add: () => {}, remove: () => {}, removeAll: () => {} },
  );
  queue.enqueue(codes.assign, [{ topic: 't', partition: 0 }]);
  expect(acknowledged).toEqual([]);
  queue.abandon();
  expect(acknowledged).toEqual(['assign']);
  queue.enqueue(codes.revoke, []);
  expect(acknowledged).toEqual(['assign', 'unassign']);
  connected = false;
  queue.enqueue(codes.revoke, []);
  expect(acknowledged).toEqual(['assign', 'unassign']);
});
