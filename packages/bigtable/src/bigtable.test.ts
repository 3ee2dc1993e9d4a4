import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  encodeRow,
  FencedError,
  ReadableRows,
  type RemoteStorage,
  StorageError,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { string } from '@kstreams/serde';
import { type NewTable, newBigtableTable } from '@kstreams/test-support/bigtable-table';
import { override } from '@kstreams/test-support/override';
import { describeWith } from '@kstreams/test-support/services';
import { byteStoreChecks } from '@kstreams/testing';
import { rowsOf, writesOf } from '../test/text-rows.js';
import { bigtable } from './bigtable.js';
import { openStorage } from './bigtable-storage.js';
import type { BigtableTable } from './client.js';

const manifest = { durable: true, remote: true, fenced: true, damage: false };
const family = 'kstreams';

describeWith('bigtable', 'state in Bigtable', (address) => {
  let opened: NewTable;
  let table: BigtableTable;
  let spaces = 0;
  const newSpace = (): string => `space-${spaces++}`;
  const open = (space: string, own: Partial<BigtableTable> = {}): Promise<RemoteStorage> =>
    openStorage({ table: override(table, own), family, space });

  beforeAll(async () => {
    opened = await newBigtableTable(address);
    table = opened.table;
  });

  afterAll(() => opened.close());

  test.each(byteStoreChecks(manifest))('$name', ({ run }) => {
    const space = newSpace();
    return run({ open: () => bigtable({ table, space }).open('') });
  });

  test('a commit whose rows were written in part does not count, before and after a restart', async () => {
    const space = newSpace();
    let refused = false;
    const mutate: BigtableTable['mutate'] = async (entries, options) => {
      await table.mutate(refused ? entries.slice(0, 2) : entries, options);
      if (refused) throw new Error('deadline exceeded');
    };
    const first = await open(space, { mutate });
    await first.commit(writesOf({ a: '1', b: '1', c: '1' }));
    refused = true;
    const next = writesOf({ a: '2', b: undefined, c: '2', d: '2' });
    // Both newest versions of the rows do not count then.
    for (let i = 0; i < 2; i++) await expect(first.commit(next)).rejects.toThrow('deadline exceeded');
    expect(await rowsOf(first)).toEqual({ a: '1', b: '1', c: '1' });
    const second = await open(space);
    expect(await rowsOf(second)).toEqual({ a: '1', b: '1', c: '1' });
    await second.commit(next);
    expect(await rowsOf(second)).toEqual({ a: '2', c: '2', d: '2' });
    await expect(first.commit(next)).rejects.toThrow(FencedError);
  });

  test('a commit that takes effect late, after another process took the space over, changes nothing', async () => {
    const space = newSpace();
    let arrive: () => Promise<unknown> = async () => {};
    let stalls = false;
    let reached: () => void = () => {};
    const stalled = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const mutate: BigtableTable['mutate'] = (entries, options) =>
      stalls
        ? new Promise((resolve) => {
            arrive = async () => resolve(await table.mutate(entries, options));
            reached();
          })
        : table.mutate(entries, options);
    const first = await open(space, { mutate });
    await first.commit(writesOf({ a: '1', b: '1' }));
    stalls = true;
    const late = first.commit(writesOf({ a: 'late', b: undefined, c: 'late' }));
    const refused = expect(late).rejects.toThrow(FencedError);
    await stalled;
    const second = await open(space);
    await second.commit(writesOf({ b: '2' }));
    await arrive();
    await refused;
    expect(await rowsOf(second)).toEqual({ a: '1', b: '2' });
    await second.close();
    expect(await rowsOf(await open(space))).toEqual({ a: '1', b: '2' });
  });

  test('deleted rows leave nothing behind after the next commit or close', async () => {
    const space = newSpace();
    const cells = async (): Promise<number> => {
      const [rows] = await table.getRows({
        decode: false,
        ranges: [{ start: `${space}/`, end: { value: `${space}0`, inclusive: false } }],
      });
      return rows.length;
    };
    const storage = await open(space);
    await storage.commit(writesOf({ a: '1', b: '1', c: '1' }));
    await storage.commit(writesOf({ a: undefined, b: undefined }));
    await storage.commit(writesOf({ b: '2' }));
    expect(await cells()).toBe(2);
    await storage.clear(toUtf8('a'), toUtf8('z'));
    await storage.close();
    expect(await cells()).toBe(0);
  });

  test('a space keeps its format, and reads leave the readable form out', async () => {
    const space = newSpace();
    const key = toUtf8('names/0/ann');
    const value = encodeRow(toUtf8('Ann'), 7);
    const readable = new ReadableRows([{ spec: keyValue('names', { key: string, value: string }), topic: 'names' }]);
    const storage = await openStorage({ table, family, space, readable });
    await storage.commit([[key, value]]);
    const [[row]] = await table.getRows({ decode: false, keys: [`${space}/names/0/ann`] });
    const fields = { store: 'names', partition: 0, key: 'ann', value: 'Ann', timestamp: 7 };
    expect(JSON.parse(String(row?.data[family]?.json?.[0]?.value))).toEqual(fields);
    expect(await storage.getMany([key])).toEqual([value]);
    await storage.commit([[key, undefined]]);
    await storage.close();
    expect(await table.getRows({ decode: false, keys: [`${space}/names/0/ann`] })).toEqual([[]]);
    await expect(open(space)).rejects.toThrow(/it has format: 'json': set that, or take another space/);
  });

  test('a read that the server cancels is an error, rather than rows that do not exist', async () => {
    const space = newSpace();
    let cancelled = false;
    const getRows: BigtableTable['getRows'] = async (options) => {
      const [rows] = await table.getRows(options);
      return [cancelled ? rows.slice(0, 1) : rows];
    };
    const storage = await open(space, { getRows });
    await storage.commit(writesOf({ a: '1', b: '1' }));
    cancelled = true;
    const error = 'the read ended before its last row';
    await expect(storage.getMany([toUtf8('a'), toUtf8('b')])).rejects.toThrow(error);
    await expect(rowsOf(storage)).rejects.toThrow(error);
    await expect(storage.clear(toUtf8('a'), toUtf8('z'))).rejects.toThrow(error);
  });

  test('a commit of many rows is sent in parts within the limits of a request', async () => {
    const requests: number[] = [];
    const mutate: BigtableTable['mutate'] = async (entries) => void requests.push(entries.length);
    const storage = await open(newSpace(), { mutate });
    const value = new Uint8Array(1_024 ** 2);
    await storage.commit(Array.from({ length: 10 }, (_, i): Write => [toUtf8(`k${i}`), value]));
    expect(requests).toEqual([3, 3, 3, 1]);
    requests.length = 0;
    await storage.commit(Array.from({ length: 25_000 }, (_, i): Write => [toUtf8(`k${i}`), undefined]));
    expect(requests).toEqual([20_000, 5_000]);
  });

  test('a key or a value that Bigtable does not take is refused before anything is written', async () => {
    const storage = await open(newSpace());
    const [long, large] = [new Uint8Array(4_096), new Uint8Array(64 * 1_024 ** 2 + 1)];
    const key = /a key has 4,?\d+ bytes together with its space, and Bigtable takes 4096: use shorter keys/;
    await expect(storage.commit([...writesOf({ a: '1' }), [long, toUtf8('x')]])).rejects.toThrow(key);
    await expect(storage.getMany([long])).rejects.toThrow(key);
    await expect(storage.commit([[toUtf8('b'), large]])).rejects.toThrow(/and a row of Bigtable has room for 67108864/);
    expect(await rowsOf(storage)).toEqual({});
  });

  test.each([
    ['a missing table', 'missing', family],
    ['a missing column family', 'table', 'other'],
  ] as const)('%s is a StorageError that says what to create', async (_, which, name) => {
    const opening = bigtable({ table: opened[which], space: 'shop-0', family: name }).open('');
    await expect(opening).rejects.toThrow(StorageError);
    await expect(opening).rejects.toThrow(
      new RegExp(`"shop-0" of Bigtable cannot be opened: .*: create the table ".*" with the column family "${name}"`),
    );
  });
});

test('a missing or unknown option is refused', () => {
  const table = { id: 'states', getRows: () => {}, mutate: () => {}, row: () => {} };
  expect(() => bigtable({ table } as never)).toThrow(/option "space" of bigtable is missing/);
  expect(() => bigtable({ table, space: 'a/b' } as never)).toThrow(/use a text that is not empty and has no slash/);
  expect(() => bigtable({ table: {}, space: 'a' } as never)).toThrow(/use a table of @google-cloud\/bigtable/);
  expect(() => bigtable({ table, space: 'a', familly: 'b' } as never)).toThrow(/write "family"/);
});
