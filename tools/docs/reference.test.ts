/** Every module of the reference has the name by which it is imported, which its sidebar needs. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const docs = new URL('../../docs/', import.meta.url);
const { entryPoints } = JSON.parse(readFileSync(new URL('typedoc.json', docs), 'utf8')) as { entryPoints: string[] };

/** Returns the name by which an entry point is imported, from the exports of its package. */
const importedAs = (entryPoint: string): string | undefined => {
  const [, folder = '', file = ''] = /^(.*\/packages\/[^/]+\/)(.*)$/.exec(new URL(entryPoint, docs).href) ?? [];
  const { exports, name } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    name: string;
    exports: Record<string, { readonly '@kstreams/source'?: string }>;
  };
  const [path] = Object.entries(exports).find(([, one]) => one['@kstreams/source'] === `./${file}`) ?? [];
  return path?.replace(/^\./, name);
};

test.each(entryPoints)('%s', (entryPoint) => {
  const source = readFileSync(new URL(entryPoint, docs), 'utf8');
  expect(/^ \* @module (.+)$/m.exec(source)?.[1]).toBe(importedAs(entryPoint));
});
