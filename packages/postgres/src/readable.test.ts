/** Rows in JSON that other programs read from PostgreSQL. */

import { afterAll, expect, test } from '@jest/globals';
import { encodeRow, fromTypedJson, StorageError, toUtf8, type Write } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { json, string } from '@kstreams/serde';
import { describeWith } from '@kstreams/test-support/services';
import fc from 'fast-check';
import pg from 'pg';
import { postgres } from './postgres.js';

describeWith('postgres', 'rows in JSON in PostgreSQL', (connectionString) => {
  const pool = new pg.Pool({ connectionString, max: 4 });
  const schema = `readable "${crypto.randomUUID()}"`;
  const view = `"${schema.replaceAll('"', '""')}".readable`;
  let spaces = 0;

  afterAll(() => pool.end());

  const serde = json<unknown>();
  const options = { key: string, value: serde, ttl: '1m' } as const;
  const stores = [{ spec: keyValue('totals', options), topic: 'shop-totals-changelog' }];
  const at = { topic: 'shop-totals-changelog', headers: [] };

  const open = async () => {
    const space = `space-${spaces++}`;
    return { space, store: await postgres({ pool, schema, space, format: 'json' }).open('', { stores }) };
  };

  const put = (key: string, value: unknown, timestamp: number): Write => [
    toUtf8(`totals/3/${key}`),
    encodeRow(serde.encode(value, at), timestamp),
  ];

  test('another program selects rows by their values', async () => {
    const { space, store } = await open();
    await store.commit([
      put('ann', { sum: 1 }, 5),
      put('bob', { sum: 9 }, 6),
      [toUtf8('@position/totals/3'), toUtf8('7')],
    ]);
    await store.commit([put('ann', { sum: 3 }, 8), put('cid', { sum: 5 }, 9), [toUtf8('totals/3/bob'), undefined]]);
    await store.clear(toUtf8('totals/3/c'), toUtf8('totals/3/d'));
    const { rows } = await pool.query(
      `select store, partition, key, value, timestamp, ends from ${view} where space = $1 and (value->'sum')::int > 2`,
      [space],
    );
    expect(rows).toEqual([
      { store: 'totals', partition: 3, key: 'ann', value: { sum: 3 }, timestamp: 8, ends: 60_008 },
    ]);
  });

  test('every text has a form in jsonb', async () => {
    const { space, store } = await open();
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('\0', '\ud800', '\\u0000')),
    });
    const law = fc.asyncProperty(
      fc.array(fc.tuple(text, fc.jsonValue({ noUnicodeString: false })), { minLength: 1 }),
      async (entries) => {
        const known = new Map(entries.map(([key, value]) => [key.toWellFormed(), { value, key }]));
        await store.commit([...known].map(([key, value]) => put(key, value, 1)));
        const { rows } = await pool.query(`select key, value from ${view} where space = $1`, [space]);
        const read = new Map(rows.map(({ key, value }) => [plain(key), plain(value)]));
        for (const [key, value] of known) expect(read.get(key)).toEqual(JSON.parse(JSON.stringify(value)));
      },
    );
    await fc.assert(law, { numRuns: 30 });
  });

  test('a space keeps its format, and stays with the process that has it open', async () => {
    const { space, store } = await open();
    const opening = postgres({ pool, schema, space }).open('');
    await expect(opening).rejects.toThrow(StorageError);
    await expect(opening).rejects.toThrow(/its format is not 'bytes': set its own, or take another space/);
    await store.commit([put('ann', 1, 1)]);
  });
});

/** Returns a key or value of the view. */
const plain = (value: unknown): unknown => {
  const { $json } = (value ?? {}) as { $json?: string };
  return fromTypedJson($json === undefined ? value : JSON.parse(Buffer.from($json, 'base64').toString()));
};
