/** Valid and invalid timestamps, and the topics of the tests of them. */
import fc from 'fast-check';
import { type Decision, type Failure, int32, json, type OnError, string, topic } from 'kstreams';

/** The value of an input is the index of its timestamp, since JSON has no NaN. */
export const input = topic('in', { key: string, value: int32 });
export const out = topic('out', { key: string, value: int32 });
export const windows = topic('windows', { key: string, value: json<unknown>() });

export const minute = 60_000;
export const good = fc.integer({ min: 0, max: 20 * minute });
export const negative = fc.integer({ min: -minute, max: -1 });
export const bad = fc.constantFrom<unknown>(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1_000.5,
  -0.25,
  2 ** 53,
  1e20,
  undefined,
  null,
  '1709315512577',
  1_709_315_512_577n,
  new Date(1_000),
);
/** Returns an error policy with one decision, and the failures that it received. */
export const policy = (decision: Decision): { failures: Failure[]; onError: OnError } => {
  const failures: Failure[] = [];
  const onError: OnError = (failure) => {
    failures.push(failure);
    return decision;
  };
  return { failures, onError };
};
