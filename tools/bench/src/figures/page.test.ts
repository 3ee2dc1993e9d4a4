import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { withFigures } from './page.js';
import { sections } from './sections.js';

const docs = new URL('../../../../docs/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, docs), 'utf8');

test('docs/benchmarks.md has the figures of docs/benchmarks: npm run bench -- figures --page', () => {
  const page = read('benchmarks.md');
  expect(withFigures(page, sections, (name) => read(`benchmarks/${name}.json`))).toBe(page);
});

test('a section stands between its marks, and a page without them is refused', () => {
  const section = { name: 'sums', args: [], markdown: (json: string) => `sum ${json}` };
  const page = 'a\n<!-- figures: sums -->\nold\n<!-- end of figures -->\nb';
  const made = withFigures(page, [section], () => '3');
  expect(made).toBe('a\n<!-- figures: sums -->\n\nsum 3\n\n<!-- end of figures -->\nb');
  expect(() => withFigures('a', [section], () => '3')).toThrow('the page has no <!-- figures: sums -->');
});
