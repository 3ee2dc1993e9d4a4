import { expect, test } from '@jest/globals';
import { bundleForPage } from '@kstreams/test-support/bundle-for-page';

test('the client runs in a page, without the server', async () => {
  const bundle = await bundleForPage(
    "import { queryClient } from '@kstreams/query/client'; queryClient('http://localhost');",
    import.meta.dirname,
  );
  const { files } = bundle;
  expect(files.filter((file) => file.startsWith('packages/query/src')).length).toBeGreaterThan(5);
  expect(files.filter((file) => /packages\/query\/src\/(?!client|protocol)/.test(file))).toEqual([]);
});
