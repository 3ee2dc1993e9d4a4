import type { Outcome } from './outcome.js';
import type { AnyCase } from './vectors.js';

/** A case with its outcome in one mode. */
export interface Judged extends Outcome {
  readonly one: AnyCase;
  readonly mode: string;
}

/** Returns the last line of a run. */
export const totals = (judged: readonly Judged[]): string => {
  const count = (result: Outcome['result']): number => judged.filter((one) => one.result === result).length;
  return (
    `conformance: ${judged.length} cases, ${count('equal')} equal, ${count('differ')} differ, ` +
    `${count('unsupported')} unsupported, ${count('set aside')} set aside`
  );
};

/** Returns differences with their topologies, unsupported parts and, if requested, the cases set aside. */
export const report = (judged: readonly Judged[], inFull: boolean): string => {
  const reported = judged.filter(({ result }) => result === 'differ' || (inFull && result !== 'equal'));
  const missing = new Map<string, number>();
  for (const { result, why } of judged) if (result === 'unsupported') missing.set(why, (missing.get(why) ?? 0) + 1);
  return [
    ...reported.map(({ mode, one, result, why }) => `${result}: ${one.name} (${mode})\n${topologyOf(one)}\n${why}\n`),
    ...[...missing].map(([why, times]) => `unsupported: ${why} (${times} cases)`),
    totals(judged),
  ].join('\n');
};

const topologyOf = ({ topology }: AnyCase): string =>
  (topology as readonly { id?: string; op: string }[])
    .map(({ id = '', op, ...fields }) => `    ${id.padEnd(4)} ${op} ${JSON.stringify(fields)}`)
    .join('\n');
