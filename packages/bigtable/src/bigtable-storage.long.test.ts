import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fromUtf8, type RemoteStorage, toUtf8 } from '@kstreams/core/graph';
import { type NewTable, newBigtableTable } from '@kstreams/test-support/bigtable-table';
import { override } from '@kstreams/test-support/override';
import { expectScansOfTheirBegin } from '@kstreams/test-support/scans-of-their-begin';
import { describeWith } from '@kstreams/test-support/services';
import fc from 'fast-check';
import { rowsOf, writesOf } from '../test/text-rows.js';
import { openStorage } from './bigtable-storage.js';
import type { BigtableTable } from './client.js';

const textOf = (value: Uint8Array | undefined): string | undefined => value && fromUtf8(value);

describeWith('bigtable', 'rows in Bigtable', (address) => {
  let opened: NewTable;
  let table: BigtableTable;
  let spaces = 0;
  const newSpace = (): string => `space-${spaces++}`;
  const open = (space: string, own: Partial<BigtableTable> = {}): Promise<RemoteStorage> =>
    openStorage({ table: override(table, own), family: 'kstreams', space });

  beforeAll(async () => {
    opened = await newBigtableTable(address);
    table = opened.table;
  });

  afterAll(() => opened.close());

  test('scans show the rows as they were when they began, through commits and clears', () =>
    expectScansOfTheirBegin(() => open(newSpace())));

  test('rows equal those of the commits that count, after any failures and restarts', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const fault = fc.constantFrom('none', 'none', 'before rows', 'after rows', 'before owner', 'after owner');
    const commit = fc.record({
      rows: fc.dictionary(key, fc.option(fc.string({ maxLength: 3 }), { nil: undefined })),
      fault,
      after: fc.constantFrom('go on', 'restart', 'close'),
    });
    const law = fc.asyncProperty(fc.array(commit, { maxLength: 12, size: 'max' }), async (commits) => {
      const space = newSpace();
      let next = 'none';
      // True when the next commit has to skip the number of one that failed.
      let skips = false;
      const failing = async <T>(step: string, call: () => Promise<T>): Promise<T> => {
        if (next === `before ${step}`) throw new Error(next);
        const result = await call();
        if (next === `after ${step}`) throw new Error(next);
        return result;
      };
      const own: Partial<BigtableTable> = {
        mutate: (entries, options) => failing('rows', () => table.mutate(entries, options)),
        row: (id) => ({ filter: (...args) => failing('owner', () => table.row(id).filter(...args)) }),
      };
      const model = new Map<string, string>();
      const unwritten = new Map<string, string | undefined>();
      let storage = await open(space, own);
      for (const { after, fault, rows } of commits) {
        for (const [id, value] of Object.entries(rows)) unwritten.set(id, value);
        next = fault;
        const done = await storage.commit(writesOf(Object.fromEntries(unwritten))).then(
          () => true,
          () => false,
        );
        next = 'none';
        const counts = done || (fault === 'after owner' && !skips);
        skips = !done && fault !== 'after owner' && after === 'go on';
        if (counts) for (const [id, value] of unwritten) value === undefined ? model.delete(id) : model.set(id, value);
        if (done) unwritten.clear();
        if (after === 'close' && done) await storage.close();
        if (after !== 'go on') {
          storage = await open(space, own);
          unwritten.clear();
        } else if (!done) continue;
        expect(await rowsOf(storage)).toEqual(Object.fromEntries([...model].sort()));
        const values = await storage.getMany(['a', 'b', 'c', 'd'].map(toUtf8));
        expect(values.map(textOf)).toEqual(['a', 'b', 'c', 'd'].map((id) => model.get(id)));
      }
    });
    await fc.assert(law, { numRuns: 25 });
  });
});
