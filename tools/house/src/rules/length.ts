/** One idea, one file: a source has at most 250 lines, a test at most 300. */
import type { Rule } from '../rule.js';

export const length: Rule = {
  name: 'length',
  check: (sources) =>
    sources.flatMap(({ path, tree, isTest }) => {
      const lines = tree.text.trimEnd().split('\n').length;
      const ceiling = isTest ? 300 : 250;
      const what = `${lines} lines, ceiling ${ceiling}`;
      return lines > ceiling ? [{ path, line: ceiling + 1, what, mend: 'give its second idea a file of its own' }] : [];
    }),
};
