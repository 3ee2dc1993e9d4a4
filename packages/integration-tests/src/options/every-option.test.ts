/**
 * Every public call refuses unknown options, values that an option does not take, and anything but a function where it takes
 * one. The calls and their options are read from the declarations, so a new one without a check fails here.
 */
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from 'kstreams';
import type { Given } from './example.js';
import { examples } from './examples.js';
import { publicCalls } from './public-calls.js';

const calls = publicCalls({
  entries: [
    'kstreams/src/index.ts',
    'kstreams/src/authors.ts',
    'testing/src/index.ts',
    'simulation/src/index.ts',
    'level/src/index.ts',
    'embedded/src/index.ts',
    'kafka/src/index.ts',
    'kafka-js/src/index.ts',
    'stores/src/index.ts',
    'serde/src/index.ts',
    'windowing/src/index.ts',
    'joins/src/index.ts',
    'aggregates/src/index.ts',
    'steps/src/index.ts',
    'avro/src/index.ts',
    'msgpack/src/index.ts',
    'protobuf/src/index.ts',
    'registry/src/index.ts',
    'registry/src/json-schema.ts',
    'codecs/src/index.ts',
    'prometheus/src/index.ts',
    'query/src/index.ts',
    'inspector/src/index.ts',
    'opentelemetry/src/index.ts',
    'query/src/client/index.ts',
    'postgres/src/index.ts',
    'redis/src/index.ts',
    'snapshots/src/index.ts',
    'bigtable/src/index.ts',
    's3/src/index.ts',
    'gcs/src/index.ts',
    'cli/src/index.ts',
  ],
  values: new Set([
    'Aggregate',
    'MergeableAggregate',
    'SubtractableAggregate',
    'AccessRequest',
    'AnyStoreSpec',
    'AvroSchema',
    'Backend',
    'Bucket',
    'ChainPosition',
    'DescribedTopology',
    'Encoder',
    'EncryptionKeys',
    'ErrorLocation',
    'Instrument',
    'JoinCondition',
    'KeyJoinCondition',
    'LogBackend',
    'Operator',
    'Plan',
    'ProcessorNode',
    'PrometheusTelemetry',
    'ProtobufCodec',
    'ReadableSpec',
    'RemoteStorage',
    'SchemaSerde',
    'Serde',
    'SimulatedTopology',
    'SinkTopic',
    'SourceTopics',
    'StandardSchema',
    'StoreSpec',
    'StreamJoinCondition',
    'StreamRecord',
    'Suppression',
    'TableRows',
    'Testable',
    'TimersSpec',
    'Topic',
    'Topology',
    'WindowAssigner',
    'WindowKind',
  ]),
  provided: new Set(['App', 'Context', 'SchemaRegistry', 'TransportCheck', 'View']),
});

/** Calls that the library or an operator makes, with arguments that a public call has checked. */
const inner = new Set([
  'CogroupedStream.valueSerde',
  'GroupedStream.valueSerde',
  'MetricRegistry.counter',
  'MetricRegistry.gauge',
  'OpenScans.keep',
  'OpenScans.rows',
  'RegistryError',
  'TestClock.after',
  'TestStore',
  'dateText',
  'decimalText',
  'interceptNodes',
  'schemaChecks',
  'timestampMillis',
]);

test('there is an example of every public call that takes options or functions', () => {
  const names = calls.map(({ name }) => name).filter((name) => !inner.has(name));
  expect(Object.keys(examples).sort()).toEqual([...names].sort());
});

/** Returns the error of a call, whether it is thrown or rejects; undefined for none. */
const errorOf = async (call: () => unknown): Promise<unknown> => {
  try {
    await call();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
};

/** Returns a misspelt name: with two letters swapped, or twice the last one. */
const misspelt = (name: string): string => {
  const at = Math.floor((name.length - 1) / 2);
  const swapped = name.slice(0, at) + name.charAt(at + 1) + name.charAt(at) + name.slice(at + 2);
  return swapped === name ? name + name.slice(-1) : swapped;
};

describe.each(calls.filter(({ name }) => !inner.has(name)).map((call) => [call.name, call] as const))(
  '%s',
  (name, call) => {
    const example = examples[name] ?? (() => {});
    const { run, needs } = typeof example === 'function' ? { run: example, needs: {} } : example;
    const functions = Object.fromEntries([...call.functions.keys()].map((one) => [one, () => () => {}]));
    const right: Given = { ...functions, ...Object.fromEntries([...call.options.keys()].map((one) => [one, needs])) };

    const refusal = async (wrong: Given): Promise<string> => {
      const error = await errorOf(() => run({ ...right, ...wrong }));
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).message;
    };

    test('takes its example', async () => {
      expect(await errorOf(() => run(right))).toBeUndefined();
    });

    for (const [parameter, optional] of call.functions) {
      test(`refuses anything but a function as ${parameter}`, async () => {
        for (const wrong of ['1m', 5, {}, ...(optional ? [] : [undefined])]) {
          expect(await refusal({ [parameter]: wrong })).toMatch(
            new RegExp(`^("${parameter}"|the condition) of \\w+.* is `),
          );
        }
      });
    }

    for (const [parameter, options] of call.options) {
      const names = options.map((one) => one.name).sort();
      const refusalOf = (changed: object) => refusal({ [parameter]: { ...needs, ...changed } });

      test.each(options)(`refuses a misspelt $name of ${parameter}, and other values than it takes`, async (one) => {
        const { literals, name, required } = one;
        const unknown = await refusalOf({ [misspelt(name)]: undefined });
        expect(unknown).toContain(`has no option "${misspelt(name)}": write "${name}"; `);
        expect(unknown).toContain(`its options are ${names.map((known) => `"${known}"`).join(', ')}`);
        const refused = `option "${name}" of `;
        expect(await refusalOf({ [name]: Symbol('wrong') })).toContain(refused);
        if (required) expect(await refusalOf({ [name]: undefined })).toContain(refused);
        if (literals.length === 0) return;
        const literal = await refusalOf({ [name]: 'nothing' });
        for (const part of [refused, ...literals.map((text) => `'${text}'`)]) expect(literal).toContain(part);
      });

      test(`refuses anything but an object as ${parameter}`, async () => {
        for (const wrong of [null, 'text', true, [], () => {}]) await refusal({ [parameter]: wrong });
      });
    }
  },
);
