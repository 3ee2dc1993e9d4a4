import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createReports } from './report.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'api-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const manifest = (name: string, more: object = {}) =>
  JSON.stringify({ name, exports: { '.': { types: './dist/index.d.ts' } }, ...more });

test('a report holds each declaration without comments and private members, and the names from elsewhere', () => {
  write('packages/a/package.json', manifest('@kstreams/a'));
  write(
    'packages/a/dist/index.d.ts',
    "export { B } from './b.js';\nexport type { C as D } from '../../c/dist/index.js';\n",
  );
  write('packages/a/dist/b.d.ts', '/** One. */\nexport declare class B {\n    private a;\n    b: number;\n}\n');
  write('packages/c/package.json', manifest('@kstreams/c', { private: true }));
  write('packages/c/dist/index.d.ts', 'export interface C {}\n');
  const [report, ...others] = createReports(root);
  expect(others).toEqual([]);
  expect(report?.path).toBe('packages/a/api.md');
  expect(report?.text).toContain('export declare class B {\n    b: number;\n}\n\n// from @kstreams/c\ntype D\n');
});

test('a changed signature changes the report', () => {
  write('packages/a/package.json', manifest('@kstreams/a'));
  const reportOf = (text: string) => {
    write('packages/a/dist/index.d.ts', text);
    return createReports(root)[0]?.text;
  };
  const before = reportOf('export declare const a: (b: string) => void;\n');
  expect(reportOf('/** Words do not count. */\nexport declare const a: (b: string) => void;\n')).toBe(before);
  expect(reportOf('export declare const a: (b: number) => void;\n')).not.toBe(before);
});
