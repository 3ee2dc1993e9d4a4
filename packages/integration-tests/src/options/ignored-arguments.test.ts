/** Arguments that one form of an overloaded call takes, and another would ignore, are refused with the remedy. */
import { describe, expect, test } from '@jest/globals';
import { msgpack } from '@kstreams/msgpack';
import { type ProtobufCodec, protobuf } from '@kstreams/protobuf';
import { ConfigError, json, streams, string, topic, within } from 'kstreams';

const lines = topic('lines', { key: string, value: string });
const codec: ProtobufCodec<object> = { encode: () => new Uint8Array(), decode: () => ({}) };
const upgrade = (older: unknown) => older;
const joiner = () => '';
const app = () => streams('app', { defaults: { key: string, value: string } });
/** A call as JavaScript sees it. */
const untyped = (call: unknown) => call as (...args: unknown[]) => unknown;

const joins = (['join', 'leftJoin', 'outerJoin'] as const).flatMap((method): [string, () => unknown, string][] => [
  [
    `${method} of two streams`,
    () => {
      const [left, right] = [app().stream(lines), within('1m')];
      return untyped(left[method].bind(left))(left, right, joiner, {}, { name: 'joined' });
    },
    `the argument after the options of ${method} is an object with name, which this form does not take: remove it`,
  ],
  [
    `${method} of two tables`,
    () => {
      const table = app().table(lines);
      return untyped(table[method].bind(table))(table, joiner, {}, { emit: 'on-commit' });
    },
    `the argument after the options of ${method} is an object with emit, which this form does not take: remove it`,
  ],
]);

describe('ignored arguments are refused', () => {
  test.each<[string, () => unknown, string]>([
    [
      'within of bounds',
      () => untyped(within)({ after: '1m' }, { grace: '10s' }),
      'the second argument of within is an object with grace, which this form does not take: put its members into the first one',
    ],
    [
      'json without a schema',
      () => untyped(json)(undefined, { upgrade }),
      'option "upgrade" of json is a function, which this form does not take: add the schema of current values',
    ],
    [
      'msgpack without a schema',
      () => untyped(msgpack)({ upgrade }),
      'option "upgrade" of msgpack is a function, which this form does not take: add the schema of current values',
    ],
    [
      'msgpack with two objects',
      () => untyped(msgpack)({ int64: 'bigint' }, { records: [] }),
      'the second argument of msgpack is an object with records, which this form does not take: ' +
        'put its members into the first one, or pass a schema first',
    ],
    [
      'protobuf of a codec',
      () => untyped(protobuf)(codec, { validator: { validate: () => ({ kind: 'valid' }) } }),
      'the second argument of protobuf is an object with validator, which this form does not take: ' +
        'remove it, since a codec takes no options',
    ],
    ...joins,
  ])('%s', (_, call, message) => {
    expect(call).toThrow(new ConfigError(message));
  });

  test('and undefined is none', () => {
    expect(untyped(within)({ after: '1m' }, undefined)).toBeDefined();
    expect(untyped(protobuf)(codec, undefined)).toBeDefined();
    const table = app().table(lines);
    expect(untyped(table.join.bind(table))(table, joiner, undefined, undefined)).toBeDefined();
  });
});
