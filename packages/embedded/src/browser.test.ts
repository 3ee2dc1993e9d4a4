import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { TransportError } from '@kstreams/core/graph';
import resolve from 'enhanced-resolve';
import ts from 'typescript';
import { openLevel } from './level-browser.js';

const find = resolve.create.sync({
  conditionNames: ['browser', '@kstreams/source', 'import', 'require'],
  extensionAlias: { '.js': ['.ts', '.js'] },
  aliasFields: ['browser'],
  preferRelative: false,
});

/** A file without its types, whose imports are gone by the time it is bundled. */
const codeOf = (file: string): string => {
  const text = readFileSync(file, 'utf8');
  if (!file.endsWith('.ts')) return text;
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true };
  return ts.transpileModule(text, { compilerOptions }).outputText;
};

/** Every file that a bundler for pages would follow from one, dynamic imports included, and the modules of Node it meets. */
const bundled = (entry: string): { readonly files: readonly string[]; readonly builtins: ReadonlySet<string> } => {
  const files = [entry];
  const builtins = new Set<string>();
  for (const file of files) {
    const { importedFiles } = ts.preProcessFile(codeOf(file), true, true);
    for (const { fileName } of importedFiles) {
      if (isBuiltin(fileName)) builtins.add(fileName);
      const found = isBuiltin(fileName) ? false : find(dirname(file), fileName);
      if (found !== false && !files.includes(found)) files.push(found);
    }
  }
  return { files, builtins };
};

test('a bundle for pages holds neither the database of folders nor a module of Node that has no shim', () => {
  const { files, builtins } = bundled(join(import.meta.dirname, 'index.ts'));
  expect(files.filter((file) => file.includes('memory-level'))).not.toEqual([]);
  expect(files.filter((file) => file.includes('classic-level') || file.endsWith('/src/level.ts'))).toEqual([]);
  expect(files.filter((file) => file.endsWith('/src/level-browser.ts'))).toHaveLength(1);
  expect([...builtins].filter((name) => name !== 'events' && name !== 'buffer')).toEqual([]);
});

test('the entry of folders needs Node', () => {
  expect([...bundled(join(import.meta.dirname, 'level.ts')).builtins]).toContain('node:fs/promises');
});

test('a page that names a folder is told what to do', async () => {
  await expect(openLevel('here')).rejects.toThrow(TransportError);
  await expect(openLevel('here')).rejects.toThrow(
    'in here cannot be opened: folders need Node; name none in a browser',
  );
});
