import { expect, test } from '@jest/globals';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import fc from 'fast-check';
import { embedded, int32, memory, start, streams, string, topic } from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const words = topic('words', { key: string, value: string });
const called = topic('called', { key: string, value: string });
const counts = topic('counts', { key: string, value: int32 });
const ticks = topic('ticks', { key: string, value: int32 });

/** An application with everything that takes its time: intervals, retries, timeouts, a rate, backoff and held results. */
const timedApp = () => {
  const app = streams('timed');
  const source = app.stream(words);
  const attempts = new Map<string, number>();
  source
    .mapAsync(
      (value, _, { signal }) => {
        const attempt = (attempts.get(value) ?? 0) + 1;
        attempts.set(value, attempt);
        // The first call takes too long, the second one fails.
        if (attempt === 1)
          return new Promise<string>((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason)),
          );
        if (attempt === 2) throw new Error('not yet');
        return Promise.resolve(value);
      },
      { timeout: '2s', perSecond: 5, retry: { attempts: 3, backoff: '1s' } },
    )
    .to(called);
  source
    .groupByKey()
    .count({ name: 'held', value: int32, emit: { every: '2s' } })
    .toStream()
    .to(counts);
  let ticked = 0;
  source
    .process<string, number>(
      (context) => {
        context.schedule('1s', 'wall', (at) =>
          context.forward({ key: 'tick', value: ++ticked, timestamp: at, headers: [] }),
        );
        return () => {};
      },
      { key: string, value: int32 },
    )
    .to(ticks);
  return app;
};

/** A time far above all others, in ms: hours in which nothing happens would exceed it. */
const patience = 60_000;

test.each(['at-least-once', 'exactly-once'] as const)(
  '%s: commits, schedules, retries, timeouts and held results go on at any setting of the wall clock',
  async (guarantee) => {
    const jump = fc.integer({ min: -7_200_000, max: 7_200_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(jump, { minLength: 1, maxLength: 4 }), async (jumps) => {
        const clock = new SkippingClock(1_600_000_000_000);
        const log = embedded({ clock });
        await (await log.admin()).create(
          [words, called, counts, ticks].map(({ name }) => ({ name, partitions: 1, config: {} })),
        );
        const app = await start(timedApp(), {
          transport: log,
          state: memory(),
          clock,
          guarantee,
          commitInterval: '1s',
        });
        await app.running();
        const producer = await log.producer({ clientId: 'test' });
        const reader = await log.consumer({ clientId: 'reader' });
        reader.assign(['called', 'counts', 'ticks'].map((name) => ({ topic: name, partition: 0, offset: 0 })));
        for (const [i, by] of jumps.entries()) {
          const missing = ['called', 'counts', 'ticks', 'ticks'];
          const [key, value] = [toUtf8('k'), toUtf8(`w${i}`)];
          producer.send({ topic: 'words', partition: 0, key, value, timestamp: i, headers: [] });
          await producer.flush();
          clock.set(by);
          const committed = app.counts.commits;
          const begun = clock.monotonic();
          while (missing.length > 0) {
            for (const { topic: from } of await reader.poll(100, 1_000)) {
              if (missing.includes(from)) missing.splice(missing.indexOf(from), 1);
            }
            if (app.state !== 'running' || clock.monotonic() - begun > patience)
              expect([app.state, missing]).toEqual([]);
          }
          expect(app.counts.commits).toBeGreaterThan(committed);
          expect(app.health().live).toBe(true);
        }
        await app.close();
        await log.close();
      }),
      { numRuns: 6 },
    );
  },
);
