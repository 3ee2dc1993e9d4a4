/** Requires a short README with one example of every package. The tests of the documentation compile and run the example. */
import type { Rule } from '../rule.js';

const longest = 45;

export const readmes: Rule = {
  name: 'readmes',
  check: ({ pages, packages }) =>
    packages.flatMap((name) => {
      const path = `packages/${name}/README.md`;
      const page = pages.find((one) => one.path === path);
      const problem = page === undefined ? 'is missing' : problemOf(page.text);
      const mend = 'write a paragraph, one example in a ts block, and a link to the guide';
      return problem === undefined ? [] : [{ path, line: 1, what: `the README of ${name} ${problem}`, mend }];
    }),
};

const problemOf = (text: string): string | undefined => {
  const examples = [...text.matchAll(/^```ts\b/gm)].length;
  if (examples !== 1) return `holds ${examples} examples`;
  return text.split('\n').length > longest ? `is longer than ${longest} lines` : undefined;
};
