import { messageOf } from '@kstreams/core/graph';
import { Problem, unavailable } from '../service/problem.js';

/** Returns the problem of a request to another process that failed. */
export const problemOfPeer = (thrown: unknown, partitions: readonly number[], signal: AbortSignal): unknown => {
  if (thrown instanceof Problem) return thrown;
  if (signal.aborted) return signal.reason;
  return unavailable(`the process of partitions ${partitions.join(', ')} does not respond: ${messageOf(thrown)}`);
};
