import type { NodeId } from '@kstreams/core/graph';

/** What an attempt at one record came to: its result, or what was thrown. */
export interface Outcome {
  readonly failed: boolean;
  readonly value: unknown;
}

/** What a batch came to, record by record: an `Error` among its results is the failure of that record. */
export const outcomesOf = (node: NodeId, results: unknown, count: number): readonly Outcome[] => {
  if (Array.isArray(results) && results.length === count) {
    return results.map((value: unknown) => ({ failed: value instanceof Error, value }));
  }
  const got = Array.isArray(results) ? `${results.length} results` : `no array (${typeof results})`;
  const value = new TypeError(
    `the function of ${node} gave ${got} for ${count} records: give one result for each, in order`,
  );
  return Array.from({ length: count }, () => ({ failed: true, value }));
};
