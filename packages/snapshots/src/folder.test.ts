import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { bucketChecks } from '@kstreams/testing';
import { MemoryBucket } from '../test/memory-bucket.js';
import { folder } from './folder.js';

const newFolder = temporaryFolders();

describe('a folder', () => {
  test.each(bucketChecks({ page: 10 }))('$name', async ({ run }) => {
    const path = await newFolder();
    await run(folder(path));
    for (const own of ['.unfinished', '.contents']) expect(await readdir(join(path, own)).catch(() => [])).toEqual([]);
  });

  test.each(['../a', 'a/../../b', 'a//b', '/a', 'a/', '.', 'a\\b', 'a b', ''])('refuses the key "%s"', async (key) => {
    const bucket = folder(await newFolder());
    await expect(bucket.put(key, new Uint8Array())).rejects.toThrow(/is no key of a bucket: use names of letters/);
  });

  test('refuses a path that is not a text', () => {
    expect(() => folder('')).toThrow(/the path of folder is "": use a text that is not empty/);
  });
});

describe('the bucket of tests', () => {
  test.each(bucketChecks({ page: 10 }))('$name', ({ run }) => run(new MemoryBucket()));
});
