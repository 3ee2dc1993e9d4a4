/**
 * No file needs itself through others when it is loaded. Imports of types are gone by then: they may close a circle, but
 * of at most four files.
 */
import { importedPath, importsOf } from '../imports.js';
import type { Rule, Violation } from '../rule.js';
import type { Source } from '../source.js';

interface Step {
  readonly to: string;
  readonly line: number;
}

const largestKnot = 4;

export const cycles: Rule = {
  name: 'cycles',
  check: ({ sources }) => [...circlesOf(sources), ...knotsOf(sources)],
};

const circlesOf = (sources: readonly Source[]): readonly Violation[] => {
  const steps = new Map(sources.map((source) => [source.path, stepsOf(source)]));
  const settled = new Set<string>();
  const trail: string[] = [];
  const found: Violation[] = [];
  const visit = (path: string): void => {
    trail.push(path);
    for (const { to, line } of steps.get(path) ?? []) {
      const from = trail.indexOf(to);
      if (from >= 0) {
        const circle = trail.slice(from);
        const what = `imports in a circle: ${[...circle, to].map(nameOf).join(' → ')}`;
        found.push({ path, line, what, mend: 'move what both need into a file of its own' });
      } else if (!settled.has(to) && steps.has(to)) visit(to);
    }
    trail.pop();
    settled.add(path);
  };
  for (const { path } of sources) if (!settled.has(path)) visit(path);
  return found;
};

/** Sets of more than four files that import each other, types included. */
const knotsOf = (sources: readonly Source[]): readonly Violation[] =>
  knots(new Map(sources.map((source) => [source.path, stepsOf(source, true).map(({ to }) => to)])))
    .filter((knot) => knot.length > largestKnot)
    .map((knot) => ({
      path: knot[0] as string,
      line: 1,
      what: `${knot.length} files import each other: ${knot.map(nameOf).join(', ')}`,
      mend: `move what they share into a file below them; at most ${largestKnot} may`,
    }));

/** The strongly connected files, by Tarjan's algorithm, each set ordered by path. */
const knots = (graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] => {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const closed = new Set<string>();
  const found: string[][] = [];
  const visit = (path: string): void => {
    const own = index.size;
    index.set(path, own);
    lowest.set(path, own);
    open.push(path);
    for (const to of graph.get(path) ?? []) {
      if (!graph.has(to) || closed.has(to)) continue;
      if (!index.has(to)) visit(to);
      lowest.set(path, Math.min(lowest.get(path) as number, lowest.get(to) as number));
    }
    if (lowest.get(path) !== own) return;
    const knot = open.splice(open.indexOf(path));
    for (const one of knot) closed.add(one);
    found.push(knot.sort());
  };
  for (const path of graph.keys()) if (!index.has(path)) visit(path);
  return found;
};

const stepsOf = (source: Source, withTypes = false): readonly Step[] =>
  importsOf(source).flatMap(({ specifier, line, typeOnly }) => {
    const to = typeOnly && !withTypes ? undefined : importedPath(source.path, specifier);
    return to === undefined ? [] : [{ to, line }];
  });

const nameOf = (path: string): string => path.replace(/^packages\//, '');
