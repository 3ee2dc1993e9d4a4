import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { findPages } from './blocks.js';
import { deadLinks } from './links.js';

test('every link to a file or a heading leads somewhere', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  expect(findPages(root).flatMap((page) => deadLinks(root, page))).toEqual([]);
});

test('missing files and headings are reported by page and line', () => {
  const root = mkdtempSync(join(tmpdir(), 'kstreams-links-'));
  try {
    mkdirSync(join(root, 'docs'));
    writeFileSync(join(root, 'docs', 'b.md'), '# A `b` heading\n\n## What, then?\n');
    writeFileSync(
      join(root, 'docs', 'a.md'),
      [
        '[one](b.md#a-b-heading) [two](./b#what-then) [three](/b) [four](https://example.com/x)',
        '[five](c.md)',
        '```ts',
        '[six](c.md)',
        '```',
        '[seven](b.md#c) `[eight](c.md)` [nine](#none)',
      ].join('\n'),
    );
    expect(deadLinks(root, 'docs/a.md')).toEqual([
      'docs/a.md:2 c.md: docs/c.md does not exist',
      'docs/a.md:6 b.md#c: no heading has this anchor',
      'docs/a.md:6 #none: no heading has this anchor',
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
