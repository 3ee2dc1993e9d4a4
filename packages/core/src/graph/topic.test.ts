import { expect, test } from '@jest/globals';
import { ConfigError, SerdeError } from './errors.js';
import type { Serde } from './serde.js';
import { checkName, topic } from './topic.js';

const at = { topic: 'lines', headers: [] };
const text: Serde<string> = {
  name: 'text',
  encode: (value) => new TextEncoder().encode(value),
  decode: (bytes) => new TextDecoder().decode(bytes),
};

test('a topic has a name and serdes, and is frozen', () => {
  const lines = topic('lines', { key: text, value: text });
  expect(lines).toEqual({ name: 'lines', key: text, value: text });
  expect(Object.isFrozen(lines)).toBe(true);
});

test('keys without a serde are bytes or null, not copied', () => {
  const { key } = topic('lines', { value: text });
  const bytes = Uint8Array.of(1, 2);
  expect(key.nullable).toBe(true);
  expect(key.roundTrip).toBeUndefined();
  expect(key.encode(bytes, at)).toBe(bytes);
  expect(key.decode(bytes, at)).toBe(bytes);
  expect(() => key.encode('a' as never, at)).toThrow(SerdeError);
  expect(() => key.encode(null, at)).toThrow('a key without a serde is a Uint8Array or null');
});

test.each(['a', 'A-1_b.c', 'x'.repeat(249), '...'])('%j is a valid name', (name) => {
  expect(checkName(name, 'a topic')).toBe(name);
});

test.each(['', '.', '..', 'a b', 'a/b', 'ö', 'a\n', 'x'.repeat(250)])('%j is not a valid name', (name) => {
  expect(() => topic(name, { value: text })).toThrow(ConfigError);
});

test.each([
  [{ key: text }, 'option "value" of topic "lines" is missing: use a serde'],
  [{ value: 'string' }, 'option "value" of topic "lines" is "string": use a serde'],
  [{ value: text, key: {} }, 'option "key" of topic "lines" is an object with no members: use a serde'],
  [{ value: text, key: null }, 'option "key" of topic "lines" is null: use a serde'],
  [{ value: { encode: text.encode } }, 'option "value" of topic "lines" is an object with encode: use a serde'],
  [undefined, 'the options of topic "lines" are missing: pass an object with "key", "value"'],
])('%# what is no serde is refused where the topic is named', (serdes, words) => {
  expect(() => topic('lines', serdes as never)).toThrow(words);
});
