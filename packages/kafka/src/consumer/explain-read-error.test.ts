import { expect, test } from '@jest/globals';
import type { TransportError } from '@kstreams/core/graph';
import { errorOf } from '@kstreams/kafka-common';
import { TestClock } from '@kstreams/testing';
import { ClientProblems } from '../client/client-problems.js';
import { explainReadError } from './explain-read-error.js';

const explain = async (code: number, unreadable: () => Promise<readonly string[]>, fatal?: string) => {
  const problems = new ClientProblems();
  const clock = new TestClock();
  const topics = ['a', 'b', 'c'];
  const explained = explainReadError(errorOf('reading failed', { code, message: 'no' }), {
    group: 'shop',
    topics,
    problems,
    clock,
    lookup: { unreadable },
  });
  // The log line with the reason comes after the error.
  if (fatal !== undefined) problems.note(`Fatal error: ${fatal}`);
  clock.advance(1_000);
  return (await explained) as TransportError;
};

test('a refused read names the topics that the user may not read', async () => {
  const error = await explain(29, async () => ['a', 'c']);
  expect(error.message).toMatch(
    /^reading failed: no \(29\): the user of the client needs the right Read on topic "a", "c"/,
  );
});

test('a refused read keeps its own error where the topics cannot be looked up', async () => {
  const error = await explain(29, async () => {
    throw new Error('the broker is gone');
  });
  expect(error.message).toMatch(/reading failed: no \(29\): the user of the client lacks a right on a topic/);
});

test('a refused group names the group', async () => {
  expect((await explain(30, async () => [])).message).toMatch(/needs the right Read on group "shop"/);
});

test('a fatal error has its reason, and ends a process that shares its instance id', async () => {
  const error = await explain(
    -150,
    async () => [],
    'Broker: Static consumer fenced by other consumer with same group.instance.id',
  );
  expect(error.message).toMatch(
    /fenced by other consumer .* another process has joined the group with the same `instanceId`/,
  );
  expect(error.retriable).toBe(false);
});
