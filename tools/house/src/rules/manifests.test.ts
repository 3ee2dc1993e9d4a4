import { expect, test } from '@jest/globals';
import { complaints } from '../complaints.js';
import { manifests } from './manifests.js';

const url = 'git+https://example.com/a.git';
const root = { private: true, license: 'MIT', repository: { type: 'git', url } };
const whole = {
  name: '@kstreams/a',
  version: '1.2.3',
  description: 'A',
  keywords: ['a', 'b', 'c'],
  license: 'MIT',
  repository: { type: 'git', url, directory: 'packages/a' },
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './a.proto': './a.proto' },
  files: ['dist', 'src', '!src/**/*.test.ts'],
  publishConfig: { access: 'public', provenance: true },
  dependencies: { '@kstreams/core': '1.2.3', level: '^10.0.0' },
};

const check = (manifest: object, license = 'MIT License') =>
  complaints(manifests, {
    LICENSE: 'MIT License',
    'package.json': JSON.stringify(root),
    'packages/a/LICENSE': license,
    'packages/a/package.json': JSON.stringify(manifest),
  });

test('a whole manifest passes, and a private package needs none of it', () => {
  expect(check(whole)).toEqual([]);
  expect(check({ name: '@kstreams/a', private: true })).toEqual([]);
});

test.each([
  ['"description"', { description: '' }],
  ['"license" of the root', { license: 'ISC' }],
  ['"repository" of the root', { repository: { ...whole.repository, url: 'git+https://example.com/b.git' } }],
  ['"repository.directory": "packages/a"', { repository: { type: 'git', url, directory: 'packages/b' } }],
  ['three "keywords"', { keywords: ['a', 'b', 'b'] }],
  ['"engines.node"', { engines: {} }],
  ['"sideEffects"', { sideEffects: undefined }],
  ['"publishConfig" with public access and provenance', { publishConfig: { access: 'public' } }],
  ['"files" with dist and src, without tests', { files: ['dist', 'src'] }],
  [
    '"types" before "default" in each entry of "exports"',
    { exports: { '.': { default: './a.js', types: './a.d.ts' } } },
  ],
  ['"types" before "default" in each entry of "exports"', { exports: { '.': './dist/index.js' } }],
  ['exact version of this package in each dependency on another', { dependencies: { kstreams: '^1.2.3' } }],
])('a manifest lacks %s', (what, changes) => {
  expect(check({ ...whole, ...changes })).toEqual([`packages/a/package.json:1 no ${what}`]);
});

test('a license differs from that of the repository', () => {
  expect(check(whole, 'ISC License')).toEqual(['packages/a/LICENSE:1 no copy of the license']);
});
