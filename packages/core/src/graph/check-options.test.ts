/** Options of a call: unknown names, wrong values and missing functions are refused, with the remedy. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkCall, checkFunctions, checkOptions } from './check-options.js';
import { ConfigError } from './errors.js';
import { nearest } from './nearest.js';
import { type OptionChecks, option } from './option.js';

interface Options {
  readonly name?: string;
  readonly advance: number | `${number}s`;
  readonly emit?:
    | 'on-update'
    | 'on-close'
    | { readonly every: number }
    | { readonly on: 'close'; readonly idle?: number };
  readonly retry?: { readonly attempts: number };
}

const checks: OptionChecks<Options> = {
  name: option.text,
  advance: option.required(option.duration),
  emit: option.oneOf<NonNullable<Options['emit']>>(
    'on-update',
    'on-close',
    { every: option.required(option.duration) },
    { on: option.required(option.oneOf<'close'>('close')), idle: option.duration },
  ),
  retry: option.oneOf<NonNullable<Options['retry']>>({ attempts: option.required(option.count) }),
};

const refusal = (options: unknown) => () => checkOptions('hopping', options, checks);

test.each<[object]>([
  [{ advance: 1 }],
  [{ advance: '5s', name: 'a', emit: 'on-close', retry: { attempts: 1 } }],
  [{ advance: 0, name: undefined, emit: { every: 5 } }],
  [{ advance: 0, emit: { on: 'close', idle: 5 } }],
])('%j are right', (options) => {
  expect(refusal(options)).not.toThrow();
});

test.each<[unknown, string]>([
  [
    { advnce: 1 },
    'hopping has no option "advnce": write "advance"; its options are "advance", "emit", "name", "retry"',
  ],
  [{ advance: 1, nmae: 'a' }, 'hopping has no option "nmae": write "name"; its'],
  [{ advance: 1, Name: 'a' }, 'hopping has no option "Name": write "name"; its'],
  [{ advance: 1, colour: 'red' }, 'hopping has no option "colour": remove it; its'],
  [{ advance: 1, toString: 1 }, 'hopping has no option "toString": remove it; its'],
  [JSON.parse('{ "advance": 1, "__proto__": 1 }'), 'hopping has no option "__proto__": remove it; its'],
  [{ advance: 1, nmae: undefined }, 'hopping has no option "nmae": write "name"'],
  [{}, 'option "advance" of hopping is missing: use a duration'],
  [{ advance: null }, 'option "advance" of hopping is null: use a duration'],
  [
    { advance: 1, emit: 'on-closed' },
    `option "emit" of hopping is "on-closed": use 'on-update', 'on-close', { every } or { on, idle }`,
  ],
  [
    { advance: 1, emit: { evry: 1 } },
    'hopping has no option "emit.evry": write "emit.every"; its options are "emit.every"',
  ],
  [{ advance: 1, emit: { on: 'closed' } }, `option "emit.on" of hopping is "closed": use 'close'`],
  [{ advance: 1, emit: { on: 'close', idel: 1 } }, 'hopping has no option "emit.idel": write "emit.idle"'],
  [{ advance: 1, emit: {} }, 'option "emit.every" of hopping is missing'],
  [{ advance: 1, retry: 3 }, 'option "retry" of hopping is 3: use { attempts }'],
  [{ advance: 1, name: () => 'a' }, 'option "name" of hopping is a function: use a text that is not empty'],
  [{ advance: 1, name: ['a'] }, 'option "name" of hopping is a list'],
  [{ advance: 1, name: new Map() }, 'option "name" of hopping is a Map'],
  [undefined, 'the options of hopping are missing: pass an object with "advance", "emit", "name", "retry"'],
  [null, 'the options of hopping are null: pass an object'],
  ['1m', 'the options of hopping are "1m": pass an object'],
  [[], 'the options of hopping are a list: pass an object'],
  [() => {}, 'the options of hopping are a function: pass an object'],
])('%j are refused', (options, message) => {
  expect(refusal(options)).toThrow(ConfigError);
  expect(refusal(options)).toThrow(message);
});

test('a function is required by the name of its parameter', () => {
  expect(() => checkFunctions('filter', { test: undefined })).toThrow('"test" of filter is missing: pass a function');
  expect(() => checkFunctions('reduce', { add: () => 1, subtract: 'no' })).toThrow(
    '"subtract" of reduce is "no": pass',
  );
  expect(() => checkCall('filter', { test: () => true }, { nmae: 'a' }, { name: option.text })).toThrow('write "name"');
});

describe('the nearest name', () => {
  const names = ['guarantee', 'commitInterval', 'onError', 'name', 'order', 'workers'];
  const letter = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz');

  test('of a name with one letter left out, added, replaced or swapped is that name', () => {
    const edits: readonly ((text: string, at: number, letter: string) => string)[] = [
      (text, at) => text.slice(0, at) + text.slice(at + 1),
      (text, at, added) => text.slice(0, at) + added + text.slice(at),
      (text, at, other) => text.slice(0, at) + other + text.slice(at + 1),
      (text, at) => text.slice(0, at) + (text[at + 1] ?? '') + text[at] + text.slice(at + 2),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.nat(),
        letter,
        fc.constantFrom(...edits),
        (name, place, other, edit) => {
          expect(nearest(edit(name, place % name.length, other), names)).toBe(name);
        },
      ),
    );
  });

  test('of a name that is like none is undefined', () => {
    for (const name of ['', 'x', 'timeout', 'grace']) expect(nearest(name, names)).toBeUndefined();
  });
});
