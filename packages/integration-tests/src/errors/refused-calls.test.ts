/** Refused output of timers, which no record caused, reaches the error policy. */

import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet as logger } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { createTopics, sendTexts } from '@kstreams/test-support/text-records';
import { undescribed } from '@kstreams/test-support/undescribed';
import {
  type Clock,
  type Context,
  embedded,
  type Failure,
  memory,
  nullable,
  type OnError,
  record,
  start,
  streams,
  string,
  timers,
  topic,
} from 'kstreams';
import { fromUtf8, systemClock } from 'kstreams/authors';

const waiting = timers('waiting', { key: string, value: string });

/** Forwards each number 100 ms of stream time later, to a topic that refuses records without a key; 13 has none. */
const delaying = () => {
  const app = streams('delaying');
  app
    .stream(topic('numbers', { key: string, value: string }))
    .process(
      (context: Context<string | null, string>) => {
        const timer = context.timers(waiting, (key, at, value) =>
          context.forward(record(value === '13' ? null : key, value, at)),
        );
        return ({ value, timestamp }) => timer.set(value, timestamp + 100, value);
      },
      { name: 'delay', stores: [waiting], key: nullable(string), value: string },
    )
    .to(topic('later', { key: nullable(string), value: string }));
  return app;
};

describe.each(['at-least-once', 'exactly-once'] as const)('%s', (guarantee) => {
  const delayed = async (onError: OnError | undefined, clock: Clock = systemClock) => {
    const log = undescribed(embedded({ clock }));
    await createTopics(log, ['numbers']);
    await createTopics(log, ['later'], 1, { 'cleanup.policy': 'compact' });
    const options = { transport: log, state: memory(), clock, commitInterval: 0, logger, guarantee };
    const app = await start(delaying(), onError === undefined ? options : { ...options, onError });
    const numbers = ['11', '13', '14'].map((value) => ['k', value] as const);
    await sendTexts(log, 'numbers', [...numbers, ['k', '99', { timestamp: 5_000 }]]);
    return { app, log };
  };

  test('refused output goes to the error policy with its node and task, and is skipped alone', async () => {
    const failures: Failure[] = [];
    const { app, log } = await delayed((failure) => {
      failures.push(failure);
      return failure.attempt < 3 ? { retryAfter: 1 } : 'skip';
    });
    await awaitCommitted(log, app, { topic: 'numbers', partition: 0 }, 4);
    expect(failures.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    for (const { error, kind, record: read } of failures) {
      expect([kind, error.location, read]).toEqual(['production', { node: 'delay', task: '0_0' }, undefined]);
      expect(error.message).toMatch(/^topic "later" refused a record: a compacted topic takes no record without/);
    }
    const seen = (await readTopic(log, 'later')).map(({ value }) => fromUtf8(value as Uint8Array));
    if (guarantee === 'exactly-once') expect(seen).toEqual(['11', '14']);
    else expect(new Set(seen)).toEqual(new Set(['11', '14']));
    expect(app.drops.get('delay skipped-by-policy')).toBe(1);
    await app.close();
    await log.close();
  });

  test.each<readonly [string, OnError | undefined]>([
    ['without a policy', undefined],
    ['where the policy says so', () => 'fail'],
  ])('it fails the application %s', async (_, onError) => {
    const { app, log } = await delayed(onError);
    await expect(app.closed).rejects.toThrow(/a compacted topic takes no record without a key/);
    await log.close();
  });

  test('output that is refused at every attempt fails the application in the end', async () => {
    const attempts: number[] = [];
    const { app, log } = await delayed(({ attempt }) => {
      attempts.push(attempt);
      return { retryAfter: 0 };
    }, new SkippingClock());
    await expect(app.closed).rejects.toThrow(/a compacted topic takes no record without a key/);
    expect(attempts).toEqual(Array.from({ length: 11 }, (__, i) => i + 1));
    await log.close();
  });
});
