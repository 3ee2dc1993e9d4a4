import { type Change, isPromise, ProcessingError, type StreamRecord } from '@kstreams/core/graph';

/**
 * Throws for a record with a promise as key or value: the step before returned it without awaiting. TypeScript users
 * get a compile error instead.
 */
export const refusePromises = (node: string, { key, value }: StreamRecord<unknown, unknown>): void => {
  if (!isPromise(key) && !isPromise(value) && !isPromise((value as Partial<Change<unknown>> | null)?.after)) return;
  throw new ProcessingError('the step before returns a promise: use mapAsync', { node });
};
