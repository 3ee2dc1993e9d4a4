/** Emits the type declarations for the playground's editor from the sources of the packages. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import type { Plugin } from 'vite';

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ['node'],
  strict: true,
  declaration: true,
  emitDeclarationOnly: true,
  skipLibCheck: true,
  verbatimModuleSyntax: true,
};

/** Source files of the packages' entries by import name. TypeScript emits no declarations for files in `node_modules`. */
const sources = (root: string): Record<string, string[]> => {
  const paths: Record<string, string[]> = {};
  for (const folder of readdirSync(join(root, 'packages'))) {
    const file = join(root, 'packages', folder, 'package.json');
    if (!existsSync(file)) continue;
    const { name, exports } = JSON.parse(readFileSync(file, 'utf8')) as { name: string; exports?: Exports };
    for (const [entry, { '@kstreams/source': source }] of Object.entries(exports ?? {})) {
      const path = typeof source === 'string' ? source : (source?.browser ?? source?.default);
      if (path !== undefined) paths[`${name}${entry.slice(1)}`] = [join(root, 'packages', folder, path)];
    }
  }
  return paths;
};

type Exports = Record<string, { '@kstreams/source'?: string | { browser?: string; default: string } }>;

/** Imports allowed in a snippet. Packages of this repository are read from source, others as published. */
const entries = [
  'kstreams',
  'kstreams/authors',
  '@kstreams/aggregates',
  '@kstreams/steps',
  '@kstreams/testing',
  'rxjs',
  'ts-pattern',
];

/** Returns the declarations by their path in the editor's virtual file system. */
const declarations = (root: string): Readonly<Record<string, string>> => {
  const files: Record<string, string> = {};
  const options = { ...compilerOptions, paths: sources(root) };
  const host = ts.createCompilerHost(options);
  const start = join(root, 'docs', 'playground', 'entries.ts');
  const { readFile, fileExists } = host;
  const imports = entries.map((name) => `import ${JSON.stringify(name)};`).join('\n');
  host.readFile = (name) => (name === start ? imports : readFile(name));
  host.fileExists = (name) => name === start || fileExists(name);
  host.getSourceFile = (name, version) => {
    const text = host.readFile(name);
    return text === undefined ? undefined : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([start], options, host);
  for (const source of program.getSourceFiles()) {
    const name = source.fileName;
    if (name.includes('/node_modules/typescript/lib/')) files[`/lib/${name.split('/').at(-1)}`] = source.text;
    else if (name.includes('/node_modules/@types/node/') || name.includes('/undici-types/') || name === start) continue;
    else if (name.includes('/node_modules/')) addPublished(files, root, name, source.text);
  }
  program.emit(undefined, (name, text) => {
    const path = relative(join(root, 'packages'), name);
    if (path.startsWith('..') || !name.endsWith('.d.ts')) return;
    const [folder = '', ...rest] = path.split('/');
    const { name: pack } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    files[`/node_modules/${pack}/${rest.join('/').replace(/^src\//, '')}`] = text;
    files[`/node_modules/${pack}/package.json`] = JSON.stringify({ name: pack, types: './index.d.ts' });
  });
  return files;
};

/** Adds a declaration of a published package, with the package.json that resolves it. */
const addPublished = (files: Record<string, string>, root: string, name: string, text: string): void => {
  files[name.slice(root.length)] = text;
  for (let folder = dirname(name); folder.includes('/node_modules/'); folder = dirname(folder)) {
    try {
      const file = join(folder, 'package.json');
      const json = readFileSync(file, 'utf8');
      if (JSON.parse(json).name !== undefined) {
        files[file.slice(root.length)] = json;
        return;
      }
    } catch {
      // This folder has no package.json: continue with its parent.
    }
  }
};

const id = 'virtual:declarations';

/** Resolves `import url from 'virtual:declarations'` to the URL of the declarations, as JSON. */
export const declarationsPlugin = (root: string): Plugin => {
  let url = '';
  return {
    name: 'declarations',
    resolveId: (name) => (name === id ? `\0${id}` : undefined),
    load(name) {
      if (name !== `\0${id}`) return undefined;
      if (url === '') {
        const asset = this.emitFile({
          type: 'asset',
          name: 'declarations.json',
          source: JSON.stringify(declarations(root)),
        });
        url = `import.meta.ROLLUP_FILE_URL_${asset}`;
      }
      return `export default ${url};`;
    },
  };
};
