/** No file needs itself through others when it is loaded. Imports of types alone are gone by then and do not count. */
import { importedPath, importsOf } from '../imports.js';
import type { Rule, Violation } from '../rule.js';
import type { Source } from '../source.js';

interface Step {
  readonly to: string;
  readonly line: number;
}

export const cycles: Rule = {
  name: 'cycles',
  check: ({ sources }) => {
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
  },
};

const stepsOf = (source: Source): readonly Step[] =>
  importsOf(source).flatMap(({ specifier, line, typeOnly }) => {
    const to = typeOnly ? undefined : importedPath(source.path, specifier);
    return to === undefined ? [] : [{ to, line }];
  });

const nameOf = (path: string): string => path.replace(/^packages\//, '');
