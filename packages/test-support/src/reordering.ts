/** An async step whose calls a test answers in any order, to show that reordering changes no result. */
import type { Stream } from '@kstreams/core';
import { string } from '@kstreams/serde';
import fc from 'fast-check';
import { deferredCalls } from './deferred-calls.js';

/** A record: how far its timestamp is ahead of all before, or back, and which of the open calls are answered after it. */
export interface Step {
  readonly key: string;
  readonly ahead: number;
  readonly back: number;
  readonly answers: readonly number[];
}

/** A record whose timestamp runs so far ahead, and back, at most. */
export const stepOf = (ahead: number, back: number): fc.Arbitrary<Step> =>
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    ahead: fc.integer({ min: 0, max: ahead }),
    back: fc.integer({ min: 0, max: back }),
    answers: fc.array(fc.nat(9), { maxLength: 3 }),
  });

/** A step that gives back the values it is given, in the order in which they are answered; or at once, where it does not wait. */
export const reordering = (waits: boolean) => {
  const calls = deferredCalls<string>();
  const answered = new Set<string>();
  const open = () => calls.begun.filter((value) => !answered.has(value));
  const answer = async (value: string): Promise<void> => {
    answered.add(value);
    await calls.resolve(value, value);
  };
  return {
    step: (stream: Stream<string, string>): Stream<string, string> =>
      waits
        ? stream.mapAsync(calls.call, { order: 'none', concurrency: 1_000, value: string })
        : stream.mapValues((value) => value, { value: string }),
    /** Answers open calls, each chosen by a number; the values must differ. */
    answer: async (choices: readonly number[]): Promise<void> => {
      for (const choice of choices) {
        const values = open();
        if (values.length > 0) await answer(values[choice % values.length] as string);
      }
    },
    /** Answers all that are open, the last first. */
    answerAll: async (): Promise<void> => {
      for (const value of open().reverse()) await answer(value);
    },
  };
};
