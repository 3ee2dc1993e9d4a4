import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folder } from '@kstreams/snapshots';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { countOnNewDisks } from './main.js';

const newFolder = temporaryFolders();

test('a process without its disk reads nothing that the bucket has', async () => {
  const root = await newFolder();
  const found = await countOnNewDisks(folder(join(root, 'bucket')), (name) => join(root, name), 600);
  expect(found).toMatchObject({ count: 2, withCopy: 0 });
  expect(found.withoutCopy).toBeGreaterThanOrEqual(500);
});
