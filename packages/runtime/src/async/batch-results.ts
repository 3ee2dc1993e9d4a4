import type { NodeId } from '@kstreams/core/graph';

/** The result of one attempt at a record, or its error. */
export interface CallOutcome {
  readonly failed: boolean;
  readonly value: unknown;
}

/** Returns the outcome of each record of a batch. An `Error` among the results is the failure of its record. */
export const batchResults = (results: readonly unknown[]): readonly CallOutcome[] =>
  results.map((value) => ({ failed: value instanceof Error, value }));

/** Returns the failure of a batch whose results are not one for each of its `count` records. */
export const wrongResults = (node: NodeId, results: unknown, count: number): CallOutcome | undefined => {
  if (Array.isArray(results) && results.length === count) return undefined;
  const got = Array.isArray(results) ? `${results.length} results` : `no array (${typeof results})`;
  const value = new TypeError(
    `the function of ${node} returned ${got} for ${count} records: return one result for each, in order`,
  );
  return { failed: true, value };
};
