import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { readmes } from './readmes.js';

const ofOne = (readme: string) =>
  complaints(readmes, { 'packages/core/package.json': '{}', 'packages/core/README.md': readme });

const example = '```ts\nconst a = 1;\n```\n';

test('a package without a README is refused', () => {
  const refused = ['packages/core/README.md:1 the README of core is missing'];
  expect(complaints(readmes, { 'packages/core/package.json': '{}' })).toEqual(refused);
});

test('a README holds one example and is short', () => {
  expect(ofOne(`# core\n\n${example}`)).toEqual([]);
  expect(ofOne('# core\n')).toEqual(['packages/core/README.md:1 the README of core holds 0 examples']);
  expect(ofOne(example + example)).toEqual(['packages/core/README.md:1 the README of core holds 2 examples']);
  expect(ofOne(example + '\n'.repeat(50))).toEqual([
    'packages/core/README.md:1 the README of core is longer than 45 lines',
  ]);
});
