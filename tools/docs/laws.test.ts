import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const semantics = new URL('../../docs/semantics.md', import.meta.url);

test('docs/semantics.md names only existing tests', () => {
  const rows = [
    ...readFileSync(semantics, 'utf8').matchAll(/^\| [^|]+ \| \[[^\]]+\]\((\S+\.test\.ts)\) \| (.+) \|$/gm),
  ];
  expect(rows.length).toBeGreaterThan(20);
  const missing = rows.filter(([, file = '', name = '']) => {
    return !readFileSync(new URL(file, semantics), 'utf8').includes(`'${name}'`);
  });
  expect(missing.map(([row]) => row)).toEqual([]);
});
