import { expect, test } from '@jest/globals';
import { type LastRead, newRecords } from './new-records.js';

const record = (number: number) => ({ number, key: number, value: number, timestamp: 0, details: {} });
const numbers = (seen: number, ...of: number[]) => [{ instance: 'a', seen, records: of.map(record) }];

test('each record is new once, also after its process began again', () => {
  const last = new Map<string, LastRead>();
  const read = (seen: number, ...of: number[]) => newRecords(numbers(seen, ...of), last).map(({ key }) => key);
  expect(read(2, 1, 2)).toEqual([1, 2]);
  expect(read(4, 1, 2, 4)).toEqual([4]);
  expect(read(4, 1, 2, 4)).toEqual([]);
  expect(read(3, 1, 3)).toEqual([1, 3]);
  expect(read(5, 1, 3, 5)).toEqual([5]);
});
