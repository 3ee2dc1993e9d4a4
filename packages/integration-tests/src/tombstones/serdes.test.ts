/** Null beside every exported serde: deletes pass, and no serde receives null. */
import { expect, test } from '@jest/globals';
import * as avroPackage from '@kstreams/avro';
import * as codecs from '@kstreams/codecs';
import * as core from '@kstreams/core';
import * as msgpackPackage from '@kstreams/msgpack';
import * as protobufPackage from '@kstreams/protobuf';
import * as registryPackage from '@kstreams/registry';
import * as jsonSchemaPackage from '@kstreams/registry/json-schema';
import * as serdes from '@kstreams/serde';
import { fakeRegistry } from '@kstreams/test-support/fake-registry';
import { testDriver } from '@kstreams/testing';
import * as windowing from '@kstreams/windowing';
import { nullable, type Serde, SerdeError, streams, string, topic } from 'kstreams';

const at = { topic: 'rows', headers: [] };
const window = { key: 'a', start: 0, end: 10 };
const price = avroPackage.avro({ type: 'record', name: 'Price', fields: [{ name: 'text', type: 'string' }] });
const text = {
  encode: (value: string) => string.encode(value, at),
  decode: (bytes: Uint8Array) => string.decode(bytes, at),
};
const keys = { current: () => 'k', load: () => new Uint8Array(32) };
const registry = registryPackage.schemaRegistry({ url: 'http://registry', fetch: fakeRegistry().fetch });
const shape = { type: 'object', properties: { text: { type: 'string' } } } as const;

/** A serde, with a value that is as near to nothing as its type allows. */
type Example = readonly [serde: Serde<unknown>, value: unknown];
const example = <T>(serde: Serde<T>, value: NoInfer<T>): Example => [serde as unknown as Serde<unknown>, value];

/** By the names of the exports. */
const examples: Readonly<Record<string, Example>> = {
  avro: example(price, { text: '' }),
  boolean: example(serdes.boolean, false),
  bytes: example(serdes.bytes, Uint8Array.of()),
  compressed: example(codecs.compressed(string), ''),
  countSerde: example(core.countSerde, 0),
  double: example(serdes.double, 0),
  encrypted: example(codecs.encrypted(string, keys), ''),
  int32: example(serdes.int32, 0),
  int64: example(serdes.int64, 0n),
  json: example(serdes.json<unknown>(), { text: null }),
  jsonSchema: example(registry.serde(jsonSchemaPackage.jsonSchema<unknown>(shape)), { text: '' }),
  kafkaSession: example(windowing.kafkaSession(string), window),
  kafkaWindowed: example(windowing.kafkaWindowed(string, { size: 10 }), window),
  msgpack: example(msgpackPackage.msgpack<unknown>(), { text: null }),
  nullable: example(nullable(string), ''),
  protobuf: example(protobufPackage.protobuf(text), ''),
  schemaRegistry: example(registry.serde(price), { text: '' }),
  string: example(string, ''),
  tuple: example(serdes.tuple(string, serdes.int32), ['', 0]),
  windowed: example(windowing.windowed(string), window),
};

/** Exported functions of the packages with serdes that make none. */
const others = ['dateText', 'decimalText', 'schemaChecks', 'timestampMillis', 'validated'];

/** Returns a serde that notes what it receives. */
const noting = (serde: Serde<unknown>, noted: unknown[]): Serde<unknown> => ({
  ...serde,
  encode: (value, where) => {
    noted.push(value);
    return serde.encode(value, where);
  },
  decode: (bytes, where) => {
    noted.push(bytes);
    return serde.decode(bytes, where);
  },
});

const isSerde = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'encode' in value && 'decode' in value;

test('every exported serde is among the examples', () => {
  const packages = [serdes, avroPackage, codecs, msgpackPackage, protobufPackage, registryPackage, jsonSchemaPackage];
  const made = packages.flatMap((one) => Object.entries(one)).filter(([, value]) => !/^class/.test(String(value)));
  const kept = [core, windowing].flatMap((one) => Object.entries(one)).filter(([, value]) => isSerde(value));
  const names = [...made, ...kept].map(([name]) => name);
  const makers = ['kafkaSession', 'kafkaWindowed', 'windowed'];
  expect(makers.every((name) => name in windowing)).toBe(true);
  expect([...new Set([...names, ...makers])].sort()).toEqual([...Object.keys(examples), ...others].sort());
});

test.each(Object.entries(examples))(
  '%s: a delete of a table passes, is stored and written',
  async (_, [serde, value]) => {
    const noted: unknown[] = [];
    const values = noting(serde, noted);
    const rows = topic('rows', { key: string, value: values });
    const out = topic('out', { key: string, value: nullable(values) });
    const app = streams('app');
    app.table(rows, { name: 'kept' }).toStream().to(out);
    const driver = testDriver(app, { freeze: false });
    await values.prepare?.({ topic: 'out', part: 'value' });
    await values.prepare?.({ topic: 'rows', part: 'value' });
    await values.prepare?.({ topic: 'app-kept-changelog', part: 'value' });
    driver.input(rows).pipe('a', value, 1);
    await driver.settled();
    await driver.commit();
    driver.input(rows).pipe('a', null, 2);
    await driver.settled();
    expect(driver.view('kept').get('a')).toBeUndefined();
    await driver.restart();
    expect(driver.view('kept').get('a')).toBeUndefined();
    expect(
      driver
        .output(out)
        .read()
        .map((one) => one.value),
    ).toEqual([value, null]);
    expect(noted.length).toBeGreaterThan(0);
    expect(noted.filter((one) => one === null || one === undefined)).toEqual([]);
  },
);

test.each(Object.entries(examples))('%s: null in a stream is refused unless nullable', async (name, [serde]) => {
  const noted: unknown[] = [];
  const values = noting(serde, noted);
  const strict = streams('strict');
  const lines = topic('lines', { key: string, value: values });
  const out = topic('out', { key: string, value: nullable(values) });
  strict.stream(lines).to(out);
  const refused = () => testDriver(strict).input(lines).pipe('a', null, 1);
  if (name === 'nullable') expect(refused).not.toThrow();
  else expect(refused).toThrow(SerdeError);
  const open = streams('open');
  const maybe = topic('lines', { key: nullable(values), value: nullable(values) });
  open.stream(maybe).to(topic('out', { key: nullable(values), value: nullable(values) }));
  const driver = testDriver(open);
  driver.input(maybe).pipe(null, null, 1);
  expect(
    driver
      .output(out)
      .read()
      .map(({ key, value }) => [key, value]),
  ).toEqual([[null, null]]);
  expect(noted).toEqual([]);
});
