import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const semantics = new URL('../../docs/semantics.md', import.meta.url);

test('every test that docs/semantics.md names is there', () => {
  const rows = [
    ...readFileSync(semantics, 'utf8').matchAll(/^\| [^|]+ \| \[[^\]]+\]\((\S+\.test\.ts)\) \| (.+) \|$/gm),
  ];
  expect(rows.length).toBeGreaterThan(20);
  const missing = rows.filter(([, file = '', name = '']) => {
    return !readFileSync(new URL(file, semantics), 'utf8').includes(`'${name}'`);
  });
  expect(missing.map(([row]) => row)).toEqual([]);
});
