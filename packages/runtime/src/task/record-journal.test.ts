import { expect, test } from '@jest/globals';
import { RecordJournal } from './record-journal.js';

test('rolls back the writes of a record, the last one first', () => {
  const journal = new RecordJournal();
  const done: string[] = [];
  journal.begin();
  journal.undo?.(() => done.push('undo a'));
  journal.undo?.(() => done.push('undo b'));
  journal.whenKept(() => done.push('send'));
  journal.rollBack();
  expect(done).toEqual(['undo b', 'undo a']);
  expect(journal.undo).toBeUndefined();
});

test('runs deferred actions when the record is kept, and forgets its writes', () => {
  const journal = new RecordJournal();
  const done: string[] = [];
  journal.begin();
  journal.undo?.(() => done.push('undo'));
  journal.whenKept(() => done.push('send a'));
  journal.whenKept(() => done.push('send b'));
  expect(done).toEqual([]);
  journal.keep();
  journal.rollBack();
  expect(done).toEqual(['send a', 'send b']);
});

test('runs actions at once while no record is open', () => {
  const journal = new RecordJournal();
  const done: string[] = [];
  journal.whenKept(() => done.push('send'));
  expect(done).toEqual(['send']);
});
