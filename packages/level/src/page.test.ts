import { expect, test } from '@jest/globals';
import { bundleForPage } from '@kstreams/test-support/bundle-for-page';

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
