import { expect, test } from '@jest/globals';
import { codes } from '@kstreams/kafka-common';
import { acknowledgeRebalance } from './acknowledge-rebalance.js';

test('a rebalance is acknowledged by its kind, and not at all by a disconnected client', () => {
  const acknowledged: string[] = [];
  const native = {
    incrementalAssign: () => void acknowledged.push('assign'),
    incrementalUnassign: () => {
      if (acknowledged.length > 1) throw Object.assign(new Error('disconnected'), { code: codes.wrongState });
      acknowledged.push('unassign');
    },
  };
  acknowledgeRebalance(native, 'assigned');
  acknowledgeRebalance(native, 'revoked');
  acknowledgeRebalance(native, 'lost');
  expect(acknowledged).toEqual(['assign', 'unassign']);
});
