/** Names that every object has, such as `__proto__`, are names like any other wherever users give one. */
import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { readTopic } from '@kstreams/test-support/read-topic';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics } from '@kstreams/test-support/text-records';
import { testDriver } from '@kstreams/testing';
import {
  ConfigError,
  embedded,
  json,
  memory,
  start,
  streams,
  string,
  type Transport,
  topic,
  withHeader,
} from 'kstreams';
import { fromUtf8, toUtf8 } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';

const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** An object with one property of this name, as JSON has it. */
const having = (name: string): unknown => JSON.parse(`{${JSON.stringify(name)}:1}`);

describe.each(names)('%s', (name) => {
  test('is the name of a topic, a step, a store, a header, a key and a property', () => {
    const app = streams(name);
    const input = topic(name, { key: string, value: json<unknown>() });
    const output = topic(`${name}-out`, { key: string, value: json<unknown>() });
    const kept = app
      .stream(input)
      .groupByKey()
      .reduce((_, one) => one, { name });
    kept.toStream().to(output, { name: `${name}-sink`, headers: ({ headers }) => withHeader(headers, name, 'x') });
    const driver = testDriver(app);
    driver.input(input).pipe(name, having(name), 1_000);
    driver.restart();
    driver.input(input).pipe(name, having(name), 2_000);
    const [first, second] = driver.output(output).read();
    expect(first?.key).toBe(name);
    expect(JSON.stringify(second?.value)).toBe(JSON.stringify(having(name)));
    expect(second?.headers).toEqual([[name, toUtf8('x')]]);
    expect(JSON.stringify(driver.view<string, unknown>(name).get(name))).toBe(JSON.stringify(having(name)));
    expect(() => String(app.describe())).not.toThrow();
  });

  test('is a key of JSON in the same bytes', () => {
    const key = json<unknown>();
    const at = { topic: 't', headers: [] };
    const bytes = key.encode(having(name), at);
    expect(fromUtf8(bytes)).toBe(JSON.stringify(having(name)));
    expect(fromUtf8(key.encode(key.decode(bytes, at), at))).toBe(fromUtf8(bytes));
  });

  test('is no option', () => {
    expect(() => kafka({ brokers: 'one:1', ...(having(name) as object) })).toThrow(ConfigError);
  });
});

const headersOf = async (log: Transport) => {
  const prefix = `names-${crypto.randomUUID()}`;
  const [input, output] = [
    topic(`${prefix}-in`, { key: string, value: string }),
    topic(`${prefix}-out`, { key: string, value: string }),
  ];
  await createTopics(log, [input.name, output.name]);
  const headers = names.map((name) => [name, toUtf8(name)] as const);
  const producer = await log.producer({ clientId: 'test' });
  producer.send({ topic: input.name, partition: 0, key: toUtf8('k'), value: toUtf8('v'), timestamp: 1, headers });
  await producer.flush();
  await producer.close();
  const app = streams(prefix);
  app.stream(input).to(output);
  const running = await start(app, { transport: log, state: memory(), commitInterval: 50, logger: quiet });
  await awaitCommitted(log, running, { topic: input.name, partition: 0 }, 1);
  await running.close();
  const [written] = await readTopic(log, output.name);
  await log.close();
  expect(written?.headers.map(([name, value]) => [name, fromUtf8(value as Uint8Array)])).toEqual(
    names.map((name) => [name, name]),
  );
};

test('headers of these names pass the embedded log', () => headersOf(embedded()));

describeWith('kafka', 'headers of these names', (brokers) => {
  test('pass a broker, and end no process', () => headersOf(kafka({ brokers })));
});
