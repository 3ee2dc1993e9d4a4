/** A deleted row of every kind of store is gone after a restart, a restore and a move, on local backends. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { level } from '@kstreams/level';
import { memory } from '@kstreams/stores';
import { expectDeletedRowsToStayAway } from './deleted-rows.js';

test.each([
  ['memory', memory],
  ['Level', () => level()],
] as const)('a deleted row does not come back: %s', async (_, open) => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-tombstones-'));
  try {
    await expectDeletedRowsToStayAway(open(), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
});
