import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import fc from 'fast-check';
import pg from 'pg';
import { byteaArray } from './bytea-array.js';

describeWith('postgres', 'arrays of byte strings', (connectionString) => {
  test('reach PostgreSQL with every item, in order', async () => {
    const pool = new pg.Pool({ connectionString, max: 1 });
    const text = 'select item from unnest($1::bytea[]) with ordinality as items (item, at) order by at';
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 })), async (items) => {
          const { rows } = await pool.query({ text, values: [byteaArray(items)] });
          expect(rows.map(({ item }) => Uint8Array.from(item))).toEqual(items);
        }),
        { numRuns: 50 },
      );
    } finally {
      await pool.end();
    }
  });
});
