import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { Level } from 'level';
import { findDamagedBlock } from './table.js';

let folder: string;
/** Tables of LevelDB: compressed and not, of many blocks and of few. */
const tables: Uint8Array[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kstreams-tables-'));
  for (const compression of [true, false]) {
    const at = join(folder, String(compression));
    const random = new Random(1);
    for (let session = 0; session < 2; session++) {
      const database = new Level(at, { compression });
      await database.open();
      const value = (i: number): string => (i % 2 ? 'v'.repeat((i * 97) % 3_000) : `${random.next()}`.repeat(i % 30));
      for (let i = 0; i < 400; i++) await database.put(`key ${session} ${i}`, value(i));
      await database.close();
    }
    const names = (await readdir(at)).filter((name) => name.endsWith('.ldb'));
    for (const name of names) tables.push(new Uint8Array(await readFile(join(at, name))));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('whole tables have no damage, and neither have those that are cut off', () => {
  expect(tables.length).toBeGreaterThan(1);
  const random = new Random(1);
  for (const table of tables) {
    expect(findDamagedBlock(table)).toBeUndefined();
    for (let i = 0; i < 20; i++) expect(findDamagedBlock(table.slice(0, random.below(table.length)))).toBeUndefined();
  }
});

test('any changed byte of a block is damage', () => {
  const random = new Random(2);
  for (const table of tables) {
    expect(table.length).toBeGreaterThan(20_000);
    for (let i = 0; i < 60; i++) {
      const at = random.below(table.length - 48);
      const damaged = table.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << random.below(8));
      expect(findDamagedBlock(damaged)).toBeLessThanOrEqual(at);
    }
  }
});

test('a changed footer is damage, or of no meaning', () => {
  for (const table of tables) {
    for (let at = table.length - 48; at < table.length; at++) {
      const damaged = table.slice();
      damaged[at] = (damaged[at] as number) ^ 4;
      expect(() => findDamagedBlock(damaged)).not.toThrow();
    }
  }
});
