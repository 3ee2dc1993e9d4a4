import { type Change, isPromise, ProcessingError, type StreamRecord } from '@kstreams/core/graph';

/**
 * Refuses a record whose key or value is a promise: a step before returned it and nobody waits for it. The types say so
 * at once; this says it to those who write JavaScript.
 */
export const refusePromises = (node: string, { key, value }: StreamRecord<unknown, unknown>): void => {
  if (!isPromise(key) && !isPromise(value) && !isPromise((value as Partial<Change<unknown>> | null)?.after)) return;
  throw new ProcessingError('what comes here is a promise: the step before returns a promise: use mapAsync', { node });
};
