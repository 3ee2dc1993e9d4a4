/** The `@example` blocks of doc comments as programs that are type-checked. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import type { Program } from './blocks.js';
import { contextOf } from './example-context.js';

/** Packages with names that examples use, in the order in which a name is looked up. */
const libraries = [
  'kstreams',
  'kstreams/authors',
  'kstreams/kafka',
  '@kstreams/aggregates',
  '@kstreams/steps',
  '@kstreams/kafka-js',
  '@kstreams/level',
  '@kstreams/avro',
  '@kstreams/protobuf',
  '@kstreams/msgpack',
  '@kstreams/registry',
  '@kstreams/registry/json-schema',
  '@kstreams/codecs',
  '@kstreams/prometheus',
  '@kstreams/query',
  '@kstreams/inspector',
  '@kstreams/query-grpc',
  '@kstreams/opentelemetry',
  '@kstreams/query/client',
  '@kstreams/postgres',
  '@kstreams/drawing',
  '@kstreams/redis',
  '@kstreams/bigtable',
  '@kstreams/snapshots',
  '@kstreams/s3',
  '@kstreams/gcs',
  '@kstreams/simulation',
  '@kstreams/testing',
  '@kstreams/core',
  '@kstreams/core/graph',
  '@kstreams/runtime',
  '@kstreams/serde',
  '@kstreams/stores',
  '@kstreams/embedded',
  '@kstreams/cli',
];

/** Private packages, whose examples use Jest. */
const skipped = /^packages\/(test-support|integration-tests)\//;

/** Returns the examples of the packages' sources, with the imports and declarations that they leave out. */
export const readExamples = (root: string): readonly Program[] => {
  const exported = exportsOf(root);
  return sourcesOf(root).flatMap((file) => examplesOf(root, file, exported));
};

const sourcesOf = (root: string): readonly string[] =>
  readdirSync(join(root, 'packages'))
    .map((folder) => join(root, 'packages', folder, 'src'))
    .flatMap((src) => ts.sys.readDirectory(src, ['.ts'], ['**/*.test.ts']));

const examplesOf = (root: string, file: string, exported: ReadonlyMap<string, string>): readonly Program[] => {
  const page = relative(root, file);
  if (skipped.test(page)) return [];
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true);
  const programs: Program[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== 'example' || tag.parent.parent !== node) continue;
      const example = ts.getTextOfJSDocComment(tag.comment) ?? '';
      const before = `${importsFor(page, example, exported)}\n${declarationsFor(page, example)}\n`;
      programs.push({
        block: {
          page,
          line: source.getLineAndCharacterOfPosition(tag.getStart()).line + 2,
          language: 'ts',
          notes: '',
          code: example,
        },
        code: `${before}${example}\nexport {};\n`,
        linesBefore: before.split('\n').length - 1,
        notRun: 'examples are type-checked only',
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return programs;
};

/** Imports the exported names that an example uses, unless it or its context declares them. */
const importsFor = (page: string, example: string, exported: ReadonlyMap<string, string>): string => {
  const names = [...new Set(example.match(/(?<![\w']|[^.]\.)[A-Za-z]\w*\b(?!:)/g))].filter(
    (name) => !declares(example, name) && !(name in (contextOf[page] ?? {})),
  );
  return names
    .flatMap((name) => {
      const library = exported.get(name);
      return library === undefined ? [] : [`import { ${name} } from '${library}';`];
    })
    .join(' ');
};

/** Declares the names that the examples of a file assume in place of the common ones. */
const declarationsFor = (page: string, example: string): string =>
  Object.entries(contextOf[page] ?? {})
    .flatMap(([name, type]) => (declares(example, name) ? [] : [`declare const ${name}: ${type};`]))
    .join(' ');

const declares = (example: string, name: string): boolean => new RegExp(`\\b(const|class) ${name}\\b`).test(example);

/** Returns the library of each exported name. */
const exportsOf = (root: string): ReadonlyMap<string, string> => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.test.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entry = join(root, 'tools/docs/entry.ts');
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  const text = libraries.map((library) => `import ${JSON.stringify(library)};`).join('\n');
  host.fileExists = (file) => file === entry || fileExists(file);
  host.readFile = (file) => (file === entry ? text : readFile(file));
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, version) =>
    file === entry ? ts.createSourceFile(file, text, version, true) : getSourceFile(file, version);
  const program = ts.createProgram([entry], options, host);
  const checker = program.getTypeChecker();
  const found = new Map<string, string>();
  for (const statement of program.getSourceFile(entry)?.statements ?? []) {
    const { moduleSpecifier } = statement as ts.ImportDeclaration;
    const module = checker.getSymbolAtLocation(moduleSpecifier);
    const library = (moduleSpecifier as ts.StringLiteral).text;
    for (const { name } of module === undefined ? [] : checker.getExportsOfModule(module))
      if (!found.has(name)) found.set(name, library);
  }
  return found;
};
