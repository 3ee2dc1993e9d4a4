import { expect, test } from '@jest/globals';
import type { NativeConsumer } from './addon.js';
import { codes } from './errors.js';
import type { Reader } from './reader.js';
import { Rebalances } from './rebalances.js';

test('a consumer that closes agrees to what the group says, until its client is gone', () => {
  const answers: string[] = [];
  let connected = true;
  const answer = (kind: string) => () => {
    if (!connected) throw Object.assign(new Error('KafkaConsumer is disconnected'), { code: codes.wrongState });
    answers.push(kind);
  };
  const native = {
    incrementalAssign: answer('assign'),
    incrementalUnassign: answer('unassign'),
    assignmentLost: () => false,
  } as unknown as NativeConsumer;
  const rebalances = new Rebalances(native, { removeAll: () => {} } as Reader);
  const [assigned, revoked] = [codes.assign, codes.revoke].map((code) => ({ code, message: '' }));
  rebalances.told(assigned as never, [{ topic: 't', partition: 0 }]);
  expect(answers).toEqual([]);
  rebalances.abandon();
  expect(answers).toEqual(['assign']);
  rebalances.told(revoked as never, []);
  expect(answers).toEqual(['assign', 'unassign']);
  connected = false;
  rebalances.told(revoked as never, []);
  expect(answers).toEqual(['assign', 'unassign']);
});
