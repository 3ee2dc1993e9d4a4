import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { transportChecks } from '@kstreams/testing';
import { embedded } from './index.js';

describe('in memory', () => {
  for (const { name, run } of transportChecks) test(name, () => run(async () => embedded()));
});

describe('in a folder', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kstreams-log-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  for (const { name, run } of transportChecks) test(name, () => run(async () => embedded({ folder, memory: 10_000 })));
});
