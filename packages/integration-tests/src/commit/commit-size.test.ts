import { expect, test } from '@jest/globals';
import { override } from '@kstreams/test-support/override';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { embedded, fromAsyncIterable, int32, memory, start, streams, topic } from 'kstreams';

const numbers = topic('numbers', { key: int32, value: int32 });
const records = 6_000;
const liveLimit = 2_000;
/** The largest number of records that one turn of a worker processes here: those of a poll. */
const polled = 2_000;

test('a commit writes no more rows than the live limit and what one turn adds, however many tasks share them', async () => {
  const clock = new SkippingClock();
  const transport = embedded({ clock });
  await (await transport.admin()).create([{ name: numbers.name, partitions: 4, config: {} }]);
  async function* entries() {
    for (let key = 0; key < records; key++) yield { key, value: key, timestamp: key };
  }
  await fromAsyncIterable(entries(), numbers, { transport });
  const sizes: number[] = [];
  const state = override(memory(), {
    open: async (...at) => {
      const bytes = await memory().open(...at);
      return override(bytes, {
        commit: (writes) => {
          sizes.push(writes.length);
          return bytes.commit(writes);
        },
      });
    },
  });
  const app = streams('commits');
  app.stream(numbers).groupByKey().count({ name: 'counts' });
  const running = await start(app, { clock, commitInterval: '1d', liveLimit, logger: quiet, state, transport });
  while (running.counts.processed < records) await new Promise((resolve) => setImmediate(resolve));
  await running.close();
  await transport.close();
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(records);
  const positions = 4;
  expect(Math.max(...sizes)).toBeLessThanOrEqual(liveLimit + polled + positions);
});
