import { expect, test } from '@jest/globals';
import { bundleForPage } from '@kstreams/test-support/bundle-for-page';

const topology = `
import { embedded, memory, start, streams, string, topic } from 'kstreams';

const words = topic('words', { key: string, value: string });
const app = streams('shout');
app.stream(words).groupByKey().count({ name: 'counts' });
`;

test('a topology on the log in memory bundles for a page without a polyfill, and runs there', async () => {
  const bundle = await bundleForPage(
    `${topology}
    globalThis.result = (async () => {
      const transport = embedded();
      await (await transport.admin()).create([{ name: 'words', partitions: 1, config: {} }]);
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      const running = await start(app, { transport, state: memory(), logger, commitInterval: 5 });
      const producer = await transport.producer({ clientId: 'page' });
      const bytes = new TextEncoder().encode('hello');
      producer.send({ topic: 'words', partition: 0, key: bytes, value: bytes, timestamp: 1, headers: [] });
      await producer.flush();
      while (running.counts.processed < 1 && running.state !== 'failed') await new Promise((resolve) => setTimeout(resolve, 1));
      await running.close();
      await running.closed;
      return running.counts.processed;
    })();`,
    import.meta.dirname,
  );
  expect(bundle.files.filter((file) => /packages\/level|node_modules\/(level|events|buffer)\//.test(file))).toEqual([]);
  expect(await bundle.run()).toBe(1);
});

test('a page that names a folder gets an error with the alternatives', async () => {
  const bundle = await bundleForPage(
    `${topology}
    globalThis.result = Promise.allSettled([embedded({ folder: 'shop' }).admin(), start(app, { transport: embedded() })])
      .then((all) => all.map(({ reason }) => reason.message));`,
    import.meta.dirname,
  );
  expect(await bundle.run()).toEqual([
    expect.stringMatching(
      /log in shop cannot be opened, since a page has no folders: give `embedded\(\)`.*levelLog\(name\)/,
    ),
    'Level keeps no state in a page: give `state: memory()`',
  ]);
});
