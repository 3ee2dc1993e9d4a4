import { type AnyTopic, record, type Streams } from '@kstreams/core';
import { type Testable, TestDriver } from '@kstreams/testing';
import { dataFor } from '../input/data.js';
import { defaultInput } from '../input/default-input.js';
import { generate } from '../input/generate.js';
import type { InputChoice, InputPlan, InputRecord, SourceTopic } from './messages.js';
import type { Recorder } from './recorder.js';

/** A source topic with its serdes. */
interface Source extends SourceTopic {
  readonly topic: AnyTopic;
}

/** Returns the topics that a topology reads, in the order of its sources. */
export const sourcesOf = (topology: Pick<Streams, 'build'>): readonly Source[] => {
  const sources = new Map<string, Source>();
  for (const node of topology.build().nodes) {
    if (node.kind !== 'source' && node.kind !== 'global') continue;
    const names = node.kind === 'global' ? [node.topic] : node.topics instanceof RegExp ? [] : node.topics;
    for (const name of names) {
      const { key, value } = node;
      sources.set(name, { name, key: key.name, value: value.name, topic: { name, key, value } });
    }
  }
  return [...sources.values()];
};

/** Returns the plan with a default for every source that has no choice. */
export const completePlan = (sources: readonly SourceTopic[], plan: InputPlan): InputPlan =>
  Object.fromEntries(sources.map((source) => [source.name, plan[source.name] ?? defaultInput(source)]));

/** Pipes the records of all sources: those of global tables first, then by time. */
export const feed = async (
  topology: Testable & Pick<Streams, 'build'>,
  plan: InputPlan,
  recorder: Recorder,
): Promise<void> => {
  const sources = sourcesOf(topology);
  const globals = new Set(topology.build().nodes.flatMap((node) => (node.kind === 'global' ? [node.topic] : [])));
  const inputs = await Promise.all(sources.map(({ name }) => recordsOf(name, plan[name] as InputChoice)));
  const driver = new TestDriver(topology, { observer: recorder.observer });
  const topics = new Map(sources.map(({ name, topic }) => [name, topic]));
  for (const { topic, key, value, timestamp } of inOrder(inputs, globals)) {
    const target = topics.get(topic) as AnyTopic;
    const [typedKey, typedValue] = [fit(key, target.key.name), fit(value, target.value.name)];
    recorder.input(topic, record(typedKey, typedValue, timestamp));
    driver.input(target).pipe(typedKey, typedValue, timestamp);
  }
  recorder.finish();
  await driver.close();
};

const recordsOf = async (topic: string, choice: InputChoice): Promise<readonly InputRecord[]> => {
  if (choice.kind === 'data') return dataFor(topic, choice.set, choice.count);
  if (choice.kind === 'generator') return generate(topic, choice.generator);
  return choice.rows.map(({ key, value, time }, at) => ({
    topic,
    key: read(key),
    value: read(value),
    timestamp: timeOf(time, `${topic}, row ${at + 1}`),
  }));
};

/** Parses a table cell as JSON; other text stays as it is. */
const read = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The cell is text.
    return text;
  }
};

/** Parses a time of the table: a number in ms, or a date. */
const timeOf = (text: string, where: string): number => {
  const time = /^\s*-?\d+\s*$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isFinite(time)) return time;
  throw new TypeError(
    `${where}: ${JSON.stringify(text)} is not a time: write milliseconds, or a date such as 2026-01-05 12:00Z`,
  );
};

/** Merges inputs by timestamp, keeping the order within each input. */
const inOrder = (inputs: readonly (readonly InputRecord[])[], globals: ReadonlySet<string>): readonly InputRecord[] => {
  const arriving = inputs.flatMap((records) => {
    let arrives = Number.NEGATIVE_INFINITY;
    return records.map((one) => {
      arrives = globals.has(one.topic) ? Number.NEGATIVE_INFINITY : Math.max(arrives, one.timestamp);
      return { arrives, one };
    });
  });
  return arriving.sort((a, b) => (a.arrives < b.arrives ? -1 : a.arrives > b.arrives ? 1 : 0)).map(({ one }) => one);
};

/** Converts a value to the type that the named serde encodes. */
const fit = (value: unknown, serde: string): unknown => {
  if (value === null || value === undefined) return null;
  if (serde.startsWith('string')) return typeof value === 'string' ? value : JSON.stringify(value);
  if (serde.startsWith('int64')) return BigInt(Math.trunc(Number(value)));
  if (serde.startsWith('int32') || serde === 'count') return Math.trunc(Number(value));
  if (serde.startsWith('double')) return Number(value);
  if (serde.startsWith('bytes')) return new TextEncoder().encode(String(value));
  return value;
};
