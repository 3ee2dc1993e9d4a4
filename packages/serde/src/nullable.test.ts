import { describe, expect, test } from '@jest/globals';
import { SerdeError } from '@kstreams/core/graph';
import { double, json, nullable, string, tuple } from './index.js';

const at = { topic: 'readings', headers: [] };
const utf8 = (text: string) => new TextEncoder().encode(text);

test('null is added to the values, all other properties stay', () => {
  expect(nullable(double)).toMatchObject({ nullable: true, name: 'double | null' });
  expect(nullable(double).roundTrip).toBe(double.roundTrip);
  expect(nullable(double).sortable).toBe(double.sortable);
});

test('applying it twice changes nothing', () => {
  const once = nullable(string);
  expect(nullable(once)).toBe(once);
});

describe('null in JSON', () => {
  test.each(['null', ' null', 'null\n', '\t\r\n null  '])('%j decodes to null', (text) => {
    expect(nullable(json()).decode(utf8(text), at)).toBeNull();
    expect(() => json().decode(utf8(text), at)).toThrow('the bytes are JSON null: read them with nullable(json())');
  });

  test.each(['nul', 'nulll', 'null null', 'n', '', ' ', 'NULL', '"null', 'nu ll'])('%j is not null', (text) => {
    expect(() => nullable(json()).decode(utf8(text), at)).toThrow(SerdeError);
  });

  test('the JSON string "null" is a string', () => {
    expect(nullable(json<string>()).decode(utf8('"null"'), at)).toBe('null');
  });

  test('null is never written as JSON', () => {
    expect(() => json<unknown>().encode(null, at)).toThrow('JSON null is never written');
    expect(() => nullable(json<unknown>()).encode(null, at)).toThrow(SerdeError);
  });
});

test('tuples encode null elements', () => {
  const pair = tuple(nullable(string), nullable(double));
  expect(pair.decode(pair.encode([null, null], at), at)).toEqual([null, null]);
  expect(pair.decode(pair.encode(['', 0], at), at)).toEqual(['', 0]);
});
