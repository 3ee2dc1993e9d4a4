import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkDamage } from '../../test/damage-law.js';
import { writeLog } from '../../test/damaged-log.js';

test('a log with a damaged file is read whole, or refused with an error that names it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kstreams-damage-'));
  try {
    const folder = join(root, 'log');
    await writeLog(folder);
    expect(
      await checkDamage(
        folder,
        Array.from({ length: 1_000 }, (_, i) => i + 1),
      ),
    ).toBeGreaterThan(500);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
