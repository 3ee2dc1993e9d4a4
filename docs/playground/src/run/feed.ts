import type { AnyTopic, Streams } from '@kstreams/core';
import type { Testable } from '@kstreams/testing';
import { dataFor } from '../input/data.js';
import { defaultInput } from '../input/default-input.js';
import { generate } from '../input/generate.js';
import type { Shape } from '../input/shape.js';
import type { ClockPlan, InputChoice, InputPlan, InputRecord, Shapes, SourceTopic } from './messages.js';
import { RecordedDriver } from './recorded-driver.js';
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

/** Returns the plan with a default for every source that has no choice. Generators get the known shapes. */
export const completePlan = (sources: readonly SourceTopic[], plan: InputPlan, shapes: Shapes): InputPlan =>
  Object.fromEntries(
    sources.map((source) => [source.name, withShape(plan[source.name] ?? defaultInput(source), shapes[source.name])]),
  );

const withShape = (choice: InputChoice, shape: Shape | undefined): InputChoice =>
  choice.kind !== 'generator' || shape === undefined || shape.kind === 'unknown'
    ? choice
    : { ...choice, generator: { ...choice.generator, shape } };

/** The longest time, in s, for which the wall clock advances to begin calls that wait for it. */
const longestWait = 60;

/** Pipes the records of all sources: those of global tables first, then by time. Waits for all calls. */
export const feed = async (
  topology: Testable & Pick<Streams, 'build'>,
  plan: InputPlan,
  clock: ClockPlan,
  recorder: Recorder,
): Promise<void> => {
  const sources = sourcesOf(topology);
  const globals = new Set(topology.build().nodes.flatMap((node) => (node.kind === 'global' ? [node.topic] : [])));
  const inputs = await Promise.all(sources.map(({ name }) => recordsOf(name, plan[name] as InputChoice)));
  const records = inOrder(inputs, globals);
  const wallClock = records.find(({ arrives }) => Number.isFinite(arrives))?.arrives ?? 0;
  const driver = new RecordedDriver(topology, { wallClock: Math.max(0, wallClock) }, recorder);
  const topics = new Map(sources.map(({ name, topic }) => [name, topic]));
  for (const { arrives, one } of records) {
    const target = topics.get(one.topic) as AnyTopic;
    if (clock.follows && arrives > driver.wallClock) driver.advance(arrives - driver.wallClock);
    driver.input(target).pipe(fit(one.key, target.key.name), fit(one.value, target.value.name), one.timestamp);
  }
  await driver.settled();
  if (clock.after > 0) driver.advance(clock.after * 1_000);
  await driver.settled();
  for (let second = 0; recorder.callsWait && second < longestWait; second++) {
    driver.advance('1s');
    await driver.settled();
  }
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

/** A record with the time at which it arrives, in ms; −∞ for one of a global table. */
interface Arriving {
  readonly arrives: number;
  readonly one: InputRecord;
}

/** Merges inputs by timestamp, keeping the order within each input. */
const inOrder = (inputs: readonly (readonly InputRecord[])[], globals: ReadonlySet<string>): readonly Arriving[] => {
  const arriving = inputs.flatMap((records) => {
    let arrives = Number.NEGATIVE_INFINITY;
    return records.map((one): Arriving => {
      arrives = globals.has(one.topic) ? Number.NEGATIVE_INFINITY : Math.max(arrives, one.timestamp);
      return { arrives, one };
    });
  });
  return arriving.sort((a, b) => (a.arrives < b.arrives ? -1 : a.arrives > b.arrives ? 1 : 0));
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
