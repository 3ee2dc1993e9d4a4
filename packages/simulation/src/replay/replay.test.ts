import { expect, test } from '@jest/globals';
import {
  type Context,
  fromUtf8,
  record,
  type StreamRecord,
  streams,
  type TimerClock,
  timers,
  topic,
  toUtf8,
} from '@kstreams/core';
import { string } from '@kstreams/serde';
import type { Punctuation, TaskStep } from '../history/task-step.js';
import { planOf } from '../topology.js';
import { replay } from './replay.js';

const [input, output] = [
  topic('input', { key: string, value: string }),
  topic('output', { key: string, value: string }),
];

/** Replays records and then punctuations in one commit, with a timer for each record. Returns the output. */
const replayWith = async (clock: TimerClock, keys: readonly string[], fired: readonly Omit<Punctuation, 'id'>[]) => {
  const held = timers('held', { key: string, value: string, clock });
  const app = streams('holding');
  app
    .stream(input)
    .process(
      (context: Context<string, string>) => {
        const waiting = context.timers(held, (key, at, value) => context.forward(record(key, value, at)));
        return ({ key, timestamp, value }: StreamRecord<string, string>) => waiting.set(key, timestamp + 25, value);
      },
      { stores: [held], key: string, value: string, name: 'hold' },
    )
    .to(output);
  const steps: TaskStep[] = keys.map((key, offset) => {
    const read = { topic: 'input', partition: 0, offset, timestamp: 100, headers: [] };
    return { kind: 'record', wall: 100, record: { ...read, key: toUtf8(key), value: toUtf8(`of ${key}`) } };
  });
  for (const one of fired) steps.push({ kind: 'punctuation', wall: 200, punctuation: { id: 'hold/0', ...one } });
  const topics = new Map(
    ['input', 'output'].map((name) => [name, { name, partitions: 1, config: {}, id: undefined } as never]),
  );
  const replayed = await replay({ plan: planOf(app), topics, commits: new Map([['0_0', [steps]]]), globals: [] });
  return replayed.written.map(({ record: { key, timestamp } }) => `${fromUtf8(key as Uint8Array)} ${timestamp}`);
};

test('exactly the timers fire that fired, also if others are due', async () => {
  const fired = [
    { key: 'c', at: 125 },
    { key: 'a', at: 125 },
  ];
  expect(await replayWith('wall', ['a', 'b', 'c'], fired)).toEqual(['c 125', 'a 125']);
});

test('a timer that is not open, or fired too early, is an error', async () => {
  await expect(replayWith('wall', ['a'], [{ key: 'b', at: 125 }])).rejects.toThrow('no timer of b at 125');
  await expect(replayWith('stream', ['a'], [{ key: 'a', at: 125 }])).rejects.toThrow('fired before 125');
});

test('a commit before which a timer should have fired is an error', async () => {
  await expect(replayWith('commit', ['a'], [])).rejects.toThrow('timers "held" did not fire before a commit');
  expect(await replayWith('commit', ['a'], [{ key: 'a', at: 125 }])).toEqual(['a 125']);
});
