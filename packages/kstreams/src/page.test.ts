import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { bundleForPage } from '@kstreams/test-support/bundle-for-page';
import { runInBrowser } from '@kstreams/test-support/run-in-browser';
import { describeWith } from '@kstreams/test-support/services';

const topology = `
import { embedded, memory, start, streams, string, topic } from 'kstreams';

const words = topic('words', { key: string, value: string });
const app = streams('shout');
app.stream(words).groupByKey().count({ name: 'counts' });
`;

const wordCount = () =>
  bundleForPage(readFileSync(new URL('../test/page-word-count.ts', import.meta.url), 'utf8'), import.meta.dirname);
const counts = { to: 2, be: 2, or: 1, not: 1 };

test('a word count on the log in memory bundles for a page without a polyfill, and runs there', async () => {
  const bundle = await wordCount();
  expect(bundle.files.filter((file) => /packages\/level|node_modules\/(level|events|buffer)\//.test(file))).toEqual([]);
  expect(await bundle.run()).toEqual(counts);
});

describeWith('browser', 'a word count on the log in memory', (browser) => {
  test('runs in Chromium', async () => {
    const { code } = await wordCount();
    expect(await runInBrowser(browser, code)).toEqual(counts);
  });
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
