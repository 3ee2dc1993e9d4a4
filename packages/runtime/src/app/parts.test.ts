import { expect, test } from '@jest/globals';
import { type Part, Parts } from './parts.js';

/** A part that ends when it is stopped or when the test fails it, and notes its end. */
const manualPart = (name: string, notes: string[]) => {
  let end = (): void => {};
  let fail = (_: Error): void => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const part: Part = {
    run: () => ended.finally(() => notes.push(`${name} ended`)),
    stop: () => end(),
  };
  return { part, fail: (error: Error) => fail(error) };
};

const assembled = () => {
  const notes: string[] = [];
  const parts = new Parts();
  const release = (name: string) => async () => void notes.push(`${name} released`);
  parts.onRelease(release('transport'));
  parts.onRelease(release('state'));
  const [first, second] = ['first', 'second'].map((name) => manualPart(name, notes));
  for (const one of [first, second]) parts.add((one as ReturnType<typeof manualPart>).part);
  return { notes, parts, fail: (first as ReturnType<typeof manualPart>).fail };
};

test('parts end before resources are released in reverse order', async () => {
  const { notes, parts } = assembled();
  const ended = parts.run();
  parts.stop();
  await ended;
  expect(notes).toEqual(['first ended', 'second ended', 'state released', 'transport released']);
});

test('a failed part stops the others, and run rejects with its error', async () => {
  const { fail, notes, parts } = assembled();
  const ended = parts.run();
  fail(new Error('broken'));
  await expect(ended).rejects.toThrow('broken');
  expect(notes).toEqual(['first ended', 'second ended', 'state released', 'transport released']);
});

test('a failed release keeps no other resource open, and the first failure is thrown', async () => {
  const { notes, parts } = assembled();
  parts.onRelease(async () => {
    throw new Error('cannot release');
  });
  const ended = parts.run();
  parts.fail(new Error('first'));
  await expect(ended).rejects.toThrow('first');
  expect(notes.slice(-2)).toEqual(['state released', 'transport released']);
});

test('abandoned parts and resources are released without running', async () => {
  const { notes, parts } = assembled();
  await parts.abandon();
  expect(notes).toEqual(['first ended', 'second ended', 'state released', 'transport released']);
});
