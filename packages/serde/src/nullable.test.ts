import { describe, expect, test } from '@jest/globals';
import { SerdeError } from '@kstreams/core/graph';
import { double, json, nullable, string, tuple } from './index.js';

const at = { topic: 'readings', headers: [] };
const utf8 = (text: string) => new TextEncoder().encode(text);

test('it says that null is a value, and keeps the rest', () => {
  expect(nullable(double)).toMatchObject({ nullable: true, name: 'double | null', immutable: true });
  expect(nullable(double).sortable).toBe(double.sortable);
});

test('twice is once', () => {
  const once = nullable(string);
  expect(nullable(once)).toBe(once);
});

describe('null in JSON', () => {
  test.each(['null', ' null', 'null\n', '\t\r\n null  '])('%j is read as null', (text) => {
    expect(nullable(json()).decode(utf8(text), at)).toBeNull();
    expect(() => json().decode(utf8(text), at)).toThrow('which only nullable(json()) reads');
  });

  test.each(['nul', 'nulll', 'null null', 'n', '', ' ', 'NULL', '"null', 'nu ll'])('%j is not null', (text) => {
    expect(() => nullable(json()).decode(utf8(text), at)).toThrow(SerdeError);
  });

  test('the text "null" is a text', () => {
    expect(nullable(json<string>()).decode(utf8('"null"'), at)).toBe('null');
  });

  test('null is never written as JSON', () => {
    expect(() => json<unknown>().encode(null, at)).toThrow('null is not written as JSON but as no value at all');
    expect(() => nullable(json<unknown>()).encode(null, at)).toThrow(SerdeError);
  });
});

test('as an element of a tuple null is written', () => {
  const pair = tuple(nullable(string), nullable(double));
  expect(pair.decode(pair.encode([null, null], at), at)).toEqual([null, null]);
  expect(pair.decode(pair.encode(['', 0], at), at)).toEqual(['', 0]);
});
