import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test.each(['semantics.md', 'contributing/pitfalls.md'])('docs/%s names only existing tests', (path) => {
  const page = new URL(`../../docs/${path}`, import.meta.url);
  const rows = [...readFileSync(page, 'utf8').matchAll(/^\| [^|]+ \| \[[^\]]+\]\((\S+\.test\.ts)\) \| (.+) \|$/gm)];
  expect(rows.length).toBeGreaterThan(20);
  const missing = rows.filter(([, file = '', name = '']) => {
    return !readFileSync(new URL(file, page), 'utf8').includes(`'${name}'`);
  });
  expect(missing.map(([row]) => row)).toEqual([]);
});
