import { expect, test } from '@jest/globals';
import { bundleForPage } from '@kstreams/test-support/bundle-for-page';
import { runInBrowser } from '@kstreams/test-support/run-in-browser';
import { describeWith } from '@kstreams/test-support/services';

test('a page gets the log on IndexedDB, and a refusal of state', async () => {
  const bundle = await bundleForPage(
    `import { level, levelLog } from '@kstreams/level';
    const attempts = [() => level(), () => levelLog('shop').name];
    globalThis.result = attempts.map((attempt) => { try { return attempt(); } catch (thrown) { return thrown.message; } });`,
    import.meta.dirname,
  );
  const libraries = new Set(bundle.files.map((file) => /^node_modules\/([^/]+)/.exec(file)?.[1]));
  expect(libraries).toContain('browser-level');
  expect(libraries).not.toContain('classic-level');
  expect(await bundle.run()).toEqual([expect.stringContaining('Level cannot keep state in a page'), 'shop']);
});

describeWith('browser', 'the log on IndexedDB', (browser) => {
  test('holds the laws of log storages', async () => {
    const { code } = await bundleForPage(
      `import { levelLog } from '@kstreams/level';
      import { logStorageChecks } from '@kstreams/testing';
      const broken = async ({ name, run }, i) => {
        try { await run(levelLog('log-' + i)); return []; } catch (thrown) { return [name + ': ' + thrown.message]; }
      };
      const checks = logStorageChecks();
      globalThis.result = Promise.all(checks.map(broken)).then((all) => ({ laws: checks.length, broken: all.flat() }));`,
      import.meta.dirname,
    );
    const { broken, laws } = (await runInBrowser(browser, code)) as { laws: number; broken: string[] };
    expect(broken).toEqual([]);
    expect(laws).toBeGreaterThan(5);
  });

  test('keeps the records and progress of an application for the next visit', async () => {
    const { code } = await bundleForPage(
      `import { levelLog } from '@kstreams/level';
      import { embedded } from '@kstreams/embedded';
      import { fromAsyncIterable, memory, start, streams, string, toAsyncIterable, topic } from 'kstreams';
      const lines = topic('lines', { key: string, value: string });
      const loud = topic('loud', { key: string, value: string });
      const quiet = { debug() {}, info() {}, warn() {}, error() {} };
      const visit = async (text) => {
        const transport = embedded({ storage: levelLog('shouting') });
        const app = streams('shout');
        app.stream(lines).mapValues((line) => line.toUpperCase()).to(loud);
        await fromAsyncIterable((async function* () { yield { key: 'k', value: text }; })(), lines, { transport });
        const running = await start(app, { transport, state: memory(), logger: quiet });
        while (running.counts.processed < 1) await new Promise((done) => setTimeout(done, 5));
        await running.close();
        const found = [];
        for await (const { value } of toAsyncIterable(loud, { transport, untilEnd: true })) found.push(value);
        await transport.close();
        return found;
      };
      globalThis.result = visit('one').then(() => visit('two'));`,
      import.meta.dirname,
    );
    expect(await runInBrowser(browser, code)).toEqual(['ONE', 'TWO']);
  });
});
