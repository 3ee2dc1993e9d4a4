import type { NodeId } from '@kstreams/core/graph';

/** The result of one attempt at a record, or its error. */
export interface CallOutcome {
  readonly failed: boolean;
  readonly value: unknown;
}

/** Returns the outcome of each record of a batch. An `Error` among the results is the failure of its record. */
export const batchResults = (node: NodeId, results: unknown, count: number): readonly CallOutcome[] => {
  if (Array.isArray(results) && results.length === count) {
    return results.map((value: unknown) => ({ failed: value instanceof Error, value }));
  }
  const got = Array.isArray(results) ? `${results.length} results` : `no array (${typeof results})`;
  const value = new TypeError(
    `the function of ${node} returned ${got} for ${count} records: return one result for each, in order`,
  );
  return Array.from({ length: count }, () => ({ failed: true, value }));
};
