import { expect, test } from '@jest/globals';
import { CommitGate } from './commit-gate.js';

/** Returns work that ends on a call of `end`, and notes its start and its end. */
const newWork = (events: string[], name: string) => {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async (): Promise<void> => {
    events.push(`${name} begins`);
    await ended;
    events.push(`${name} ends`);
  };
  return { run, end };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('commits run together, and exclusive work alone: after those before it, before those after it', async () => {
  const events: string[] = [];
  const gate = new CommitGate();
  const [first, second] = [newWork(events, 'first'), newWork(events, 'second')];
  const [alone, other, third] = [newWork(events, 'alone'), newWork(events, 'other'), newWork(events, 'third')];
  const all = [gate.commit(first.run), gate.commit(second.run), gate.exclusive(alone.run)];
  all.push(gate.exclusive(other.run), gate.commit(third.run));
  for (const work of [first, second, alone, other, third]) {
    await turn();
    work.end();
  }
  await Promise.all(all);
  const begun = events.map((event, i) => `${i}: ${event}`);
  expect(begun.slice(0, 4)).toEqual(['0: first begins', '1: second begins', '2: first ends', '3: second ends']);
  expect(events.slice(4, 6)).toEqual(['alone begins', 'alone ends']);
  const at = (event: string): number => events.indexOf(event);
  expect(at('other ends') - at('other begins')).toBe(1);
});

test('failed work lets the next one run', async () => {
  const gate = new CommitGate();
  const fail = async (): Promise<void> => {
    throw new Error('failed');
  };
  const failed = [gate.commit(fail), gate.exclusive(fail), gate.commit(fail)];
  expect((await Promise.allSettled(failed)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await gate.exclusive(async () => 'alone')).toBe('alone');
  expect(await gate.commit(async () => 'committed')).toBe('committed');
});
