/** An async step whose calls a test resolves in any order, to show that reordering changes no result. */
import type { Stream } from '@kstreams/core';
import { string } from '@kstreams/serde';
import fc from 'fast-check';
import { deferredCalls } from './deferred-calls.js';

/**
 * A record: the distance of its timestamp from the largest before it, in ms, and the open calls to resolve after it.
 */
export interface Step {
  readonly key: string;
  readonly ahead: number;
  readonly back: number;
  readonly choices: readonly number[];
}

/** Returns records with timestamps at most this far ahead and back, in ms. */
export const stepOf = (ahead: number, back: number): fc.Arbitrary<Step> =>
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    ahead: fc.integer({ min: 0, max: ahead }),
    back: fc.integer({ min: 0, max: back }),
    choices: fc.array(fc.nat(9), { maxLength: 3 }),
  });

/**
 * Returns a step that forwards its values in the order in which their calls are resolved, or at once if it is not
 * async.
 */
export const reordering = (waits: boolean) => {
  const calls = deferredCalls<string>();
  const resolved = new Set<string>();
  const open = () => calls.begun.filter((value) => !resolved.has(value));
  const resolve = async (value: string): Promise<void> => {
    resolved.add(value);
    await calls.resolve(value, value);
  };
  return {
    step: (stream: Stream<string, string>): Stream<string, string> =>
      waits
        ? stream.mapAsync(calls.call, { order: 'none', concurrency: 1_000, value: string })
        : stream.mapValues((value) => value, { value: string }),
    /** Resolves open calls, each chosen by a number. Values must differ. */
    resolve: async (choices: readonly number[]): Promise<void> => {
      for (const choice of choices) {
        const values = open();
        if (values.length > 0) await resolve(values[choice % values.length] as string);
      }
    },
    /** Resolves all open calls, the last one first. */
    resolveAll: async (): Promise<void> => {
      for (const value of open().reverse()) await resolve(value);
    },
  };
};
