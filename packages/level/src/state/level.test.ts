import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { MetricRegistry, toUtf8 } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { double, string } from '@kstreams/serde';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { byteStoreChecks, TestStore } from '@kstreams/testing';
import { Level } from 'level';
import { level } from './level.js';

const newFolder = temporaryFolders();

/** Damages the tables of the first slot. Opening it once more moves its rows from the log into tables, which have checksums. */
const damageRows = async (folder: string): Promise<void> => {
  await (await level().open(folder)).close();
  const rows = join(folder, '0', 'rows');
  for (const name of await readdir(rows)) {
    if (!/\.(ldb|sst)$/.test(name)) continue;
    const bytes = await readFile(join(rows, name));
    await writeFile(
      join(rows, name),
      bytes.map((byte, i) => (i > 10 && i < 60 ? byte ^ 0xff : byte)),
    );
  }
};

const manifest = { durable: true, remote: false, fenced: false, damage: true };

test.each(byteStoreChecks(manifest))('level $name', async ({ run }) => {
  const folder = await newFolder();
  const state = level({ verify: false, onDamage: () => {} });
  await run({ open: () => state.open(folder), damage: () => damageRows(folder) });
});

test('the size on disk is a metric from the second collection until the store is closed', async () => {
  const metrics = new MetricRegistry();
  const store = await level().open(await newFolder(), { telemetry: metrics });
  expect(metrics.collect()).toEqual([]);
  for (let commit = 0; commit < 10; commit++) {
    const value = crypto.getRandomValues(new Uint8Array(1_000));
    await store.commit(Array.from({ length: 1_000 }, (_, i) => [toUtf8(`${commit}-${i}`), value]));
  }
  // Level moves rows to files in the background.
  let points = metrics.collect();
  for (; !(((points[0]?.value ?? 0) as number) > 0); points = metrics.collect()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(points).toMatchObject([{ attributes: { 'kstreams.state.backend': 'level' } }]);
  await store.close();
  expect(metrics.collect()).toEqual([]);
});

test('synced commits survive a close', async () => {
  const folder = await newFolder();
  const store = await level({ sync: true }).open(folder);
  await store.commit([[toUtf8('a'), toUtf8('1')]]);
  await store.close();
  const again = await level().open(folder);
  expect(again.get(toUtf8('a'))).toEqual(toUtf8('1'));
  await again.close();
});

test('a crash between changelog and rows leaves the rows of the previous commit', async () => {
  const folder = await newFolder();
  const spec = keyValue('counts', { key: string, value: double });
  const open = async () => {
    const bytes = await level().open(folder);
    return { bytes, subject: await TestStore.open(spec, { bytes, liveLimit: 10 }) };
  };
  const before = await open();
  for (let i = 0; i < 1_000; i++) {
    await before.subject.record((store) => store.put(`k${i % 100}`, i, i));
    if (before.subject.requestedCommits === 0) continue;
    await before.subject.commit();
    before.subject.requestedCommits = 0;
  }
  await before.subject.commit();
  await before.subject.record((store) => store.put('k0', -1, 2_000));
  before.subject.flush();
  await before.bytes.close();

  const after = await open();
  for (let i = 0; i < 100; i++)
    expect(after.subject.store.row(`k${i}`)).toEqual({ value: 900 + i, timestamp: 900 + i });
  await after.bytes.close();
});

describe('slots', () => {
  test('each opening takes the first free slot, with its rows and owner', async () => {
    const folder = await newFolder();
    const [first, second] = [await level().open(folder), await level().open(folder)];
    expect((await readdir(folder)).sort()).toEqual(['0', '1']);
    expect(second.owner).not.toBe(first.owner);
    await first.commit([[toUtf8('a'), toUtf8('first')]]);
    await first.close();

    const third = await level().open(folder);
    expect(third.owner).toBe(first.owner);
    expect(third.get(toUtf8('a'))).toEqual(toUtf8('first'));
    await Promise.all([second.close(), third.close()]);
    expect((await readdir(folder)).sort()).toEqual(['0', '1']);
  });

  test('concurrent openings get different slots', async () => {
    const folder = await newFolder();
    const stores = await Promise.all(Array.from({ length: 5 }, () => level().open(folder)));
    expect(new Set(stores.map(({ owner }) => owner)).size).toBe(5);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a slot without an owner after a crash is completed', async () => {
    const folder = await newFolder();
    const cutOff = new Level(join(folder, '0', 'rows'));
    await cutOff.open();
    await cutOff.close();
    await writeFile(join(folder, '0', 'owner.new'), 'kstr');
    const store = await level().open(folder);
    expect(await readFile(join(folder, '0', 'owner'), 'utf8')).toBe(`kstreams state 1\n${store.owner}\n`);
    await store.close();
  });
});

describe('a refused slot is named and left as it is', () => {
  test('a database of another application', async () => {
    const folder = await newFolder();
    const foreign = new Level(join(folder, '0', 'rows'));
    await foreign.put('theirs', '1');
    await foreign.close();
    await expect(level().open(folder)).rejects.toThrow(
      /0 holds a database that is not state of kstreams: name another/,
    );
    expect(await readdir(join(folder, '0'))).toEqual(['rows']);
    await foreign.open();
    expect(await foreign.get('theirs')).toBe('1');
    await foreign.close();
  });

  test('a slot of another version', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, '0'));
    await writeFile(join(folder, '0', 'owner'), 'kstreams state 2\nx\n');
    await expect(level().open(folder)).rejects.toThrow(
      /owner does not begin with "kstreams state 1".*not made by this/,
    );
    await expect(level().open(folder)).rejects.toThrow('not made by this version'); // and its lock was given back
  });

  test('a file where the folder should be', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, '0'), '');
    await expect(level().open(folder)).rejects.toMatchObject({ code: 'KSTREAMS_STATE' });
    await expect(level().open(folder)).rejects.toThrow(/the state in .*0 cannot be opened \(.*ENOTDIR/);
  });
});

test('a damaged database is moved aside and replaced by an empty one', async () => {
  const folder = await newFolder();
  const first = await level().open(folder);
  await first.commit([[toUtf8('a'), toUtf8('1')]]);
  await first.close();
  await writeFile(join(folder, '0', 'rows', 'CURRENT'), 'not a manifest');
  const aside: string[] = [];
  const second = await level({ onDamage: (where) => aside.push(where) }).open(folder);
  expect(second.get(toUtf8('a'))).toBeUndefined();
  expect(second.owner).toBe(first.owner);
  expect(aside).toEqual([join(folder, '0', 'rows.damaged-1')]);
  expect(await readdir(aside[0] as string)).toContain('CURRENT');
  await second.close();
});

test('a damaged database of another application is left as it is', async () => {
  const folder = await newFolder();
  await (await level().open(folder)).close();
  await writeFile(join(folder, '0', 'rows', 'CURRENT'), 'not a manifest');
  await writeFile(join(folder, '0', 'owner'), 'somebody else');
  await expect(level().open(folder)).rejects.toThrow(/if it is damaged, remove the folder to have it restored/);
  expect(await readdir(join(folder, '0'))).not.toContain('rows.damaged-1');
});

test('without verification, rows damaged on disk are reported by the read', async () => {
  const folder = await newFolder();
  const key = toUtf8('a');
  const store = await level().open(folder);
  await store.commit([[key, new Uint8Array(10_000).fill(7)]]);
  await store.close();
  await damageRows(folder);
  const damaged = await level({ verify: false }).open(folder);
  expect(() => damaged.get(key)).toThrow(/the state in .*0 cannot be read: .*it is set aside before it is used again/);
  await damaged.close();
  const aside: string[] = [];
  const anew = await level({ onDamage: (where) => aside.push(where) }).open(folder);
  expect(aside).toEqual([join(folder, '0', 'rows.damaged-1')]);
  expect(anew.get(key)).toBeUndefined();
  await anew.close();
});

describe('files that differ from the last close are moved aside whole', () => {
  test.each([
    ['CURRENT is missing', /^CURRENT$/, (at: string) => rm(at)],
    ['a table is changed', /\.ldb$/, (at: string) => writeFile(at, 'x', { flag: 'r+' })],
    ['a table is missing', /\.ldb$/, (at: string) => rm(at)],
    ['the write-ahead log is missing', /^\d+\.log$/, (at: string) => rm(at)],
    ['the write-ahead log is longer', /^\d+\.log$/, (at: string) => appendFile(at, 'x')],
  ])('%s', async (_, file, damage) => {
    const folder = await newFolder();
    const key = toUtf8('a');
    for (let session = 0; session < 2; session++) {
      const store = await level().open(folder);
      await store.commit([[key, toUtf8(String(session))]]);
      await store.close();
    }
    const rows = join(folder, '0', 'rows');
    const names = await readdir(rows);
    await damage(join(rows, names.find((name) => file.test(name)) as string));
    const aside: string[] = [];
    const anew = await level({ onDamage: (where) => aside.push(where) }).open(folder);
    expect(aside).toEqual([join(folder, '0', 'rows.damaged-1')]);
    expect(names).toEqual(expect.arrayContaining(await readdir(aside[0] as string)));
    expect(anew.get(key)).toBeUndefined();
    await anew.close();
  });

  test('but not while another opener has them', async () => {
    const folder = await newFolder();
    const first = await level().open(folder);
    await writeFile(join(folder, '0', 'rows', '999999.log'), Buffer.alloc(100, 1));
    await first.commit([[toUtf8('a'), toUtf8('1')]]);
    const second = await level().open(folder);
    expect((await readdir(folder)).sort()).toEqual(['0', '1']);
    expect(await readdir(join(folder, '0'))).not.toContain('rows.damaged-1');
    await Promise.all([first.close(), second.close()]);
  });
});

test('a failed write names the system error and refuses others; the state can be opened again', async () => {
  const folder = await newFolder();
  const [a, b] = [toUtf8('a'), toUtf8('b')];
  const store = await level().open(folder);
  await store.commit([[a, toUtf8('1')]]);
  const full = new Error('IO error: 000003.log: No space left on device');
  const failing = { put: () => {}, write: () => Promise.reject(full) };
  const batch = jest.spyOn(Level.prototype, 'batch').mockReturnValueOnce(failing as never);
  await expect(store.commit([[b, toUtf8('1')]])).rejects.toThrow(
    /the state in .*0 cannot be written: IO error: .*No space left on device \(ENOSPC\): free some space/,
  );
  batch.mockRestore();
  await expect(store.commit([[b, toUtf8('1')]])).rejects.toThrow('ENOSPC');
  await expect(store.clear(a, b)).rejects.toThrow('ENOSPC');
  expect(store.get(a)).toEqual(toUtf8('1'));
  await store.close();
  const again = await level().open(folder);
  expect([again.get(a), again.get(b)]).toEqual([toUtf8('1'), undefined]);
  await again.commit([[b, toUtf8('2')]]);
  await again.close();
});
