/** The public surface of a package as text: every export of every entry, with its declaration. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** The report of one package. */
export interface Report {
  /** The path of the committed file, from the repository's root. */
  readonly path: string;
  readonly text: string;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Entry {
  readonly specifier: string;
  readonly file: string;
}

/**
 * Creates the reports of all published packages of the repository at `root`, from the declarations that `tsc -b` built.
 */
export const createReports = (root: string): readonly Report[] => {
  const packages = readdirSync(join(root, 'packages')).flatMap((folder) => {
    const file = join(root, 'packages', folder, 'package.json');
    const manifest: Manifest | undefined = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    return manifest === undefined || manifest.private ? [] : [{ folder, entries: entriesOf(root, folder, manifest) }];
  });
  const files = packages.flatMap(({ entries }) => entries.map(({ file }) => file));
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: [],
    noLib: true,
    skipLibCheck: true,
  });
  return packages.map(({ folder, entries }) => ({
    path: `packages/${folder}/api.md`,
    text: reportOf(root, entries, program),
  }));
};

/** Entries of a package. The main one is last: it lists what the others hold by name. */
const entriesOf = (root: string, folder: string, { name, exports }: Manifest): readonly Entry[] =>
  Object.entries(exports)
    .flatMap(([entry, { types }]) =>
      typeof types === 'string'
        ? [{ specifier: `${name}${entry.slice(1)}`, file: join(root, 'packages', folder, types) }]
        : [],
    )
    .sort((a, b) => (a.specifier < b.specifier ? 1 : -1));

const reportOf = (root: string, entries: readonly Entry[], program: ts.Program): string => {
  const homes = new Map<ts.Symbol, string>();
  const sections = entries.map((entry) => section(root, entry, program, homes));
  return [`# API of ${entries.at(-1)?.specifier}`, 'Written by `npm run api`.', ...sections].join('\n\n');
};

const section = (
  root: string,
  { specifier, file }: Entry,
  program: ts.Program,
  homes: Map<ts.Symbol, string>,
): string => {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.SourceFile);
  const own: string[] = [];
  const others = new Map<string, string[]>();
  for (const exported of module === undefined ? [] : checker.getExportsOfModule(module)) {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
    const target = isAlias ? checker.getAliasedSymbol(exported) : exported;
    const home = homes.get(target) ?? homeOf(root, target, file);
    if (home === undefined) {
      homes.set(target, specifier);
      own.push(declarationsOf(target, exported.name));
    } else {
      const name = isTypeExport(exported) ? `type ${exported.name}` : exported.name;
      others.set(home, [...(others.get(home) ?? []), name]);
    }
  }
  const lists = [...others].sort().map(([home, names]) => `// from ${home}\n${names.sort().join('\n')}`);
  return `## ${specifier}\n\n\`\`\`ts\n${[...own.sort(), ...lists].join('\n\n')}\n\`\`\`\n`;
};

/** The package that declares a symbol, or undefined for the package of the entry. */
const homeOf = (root: string, target: ts.Symbol, entry: string): string | undefined => {
  const source = relative(root, target.declarations?.[0]?.getSourceFile().fileName ?? entry);
  const [, folder] = /^packages\/([^/]+)/.exec(source) ?? [];
  if (folder === undefined) return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? source;
  if (relative(root, entry).startsWith(`packages/${folder}/`)) return undefined;
  return folder === 'kstreams' ? folder : `@kstreams/${folder}`;
};

const isTypeExport = (symbol: ts.Symbol): boolean => {
  const [declaration] = symbol.declarations ?? [];
  return (
    declaration !== undefined &&
    ts.isExportSpecifier(declaration) &&
    (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly)
  );
};

const printer = ts.createPrinter({ removeComments: true });

/** The declarations of a symbol without comments and private members. */
const declarationsOf = (target: ts.Symbol, name: string): string => {
  const text = (target.declarations ?? []).map((declaration) => {
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    const printed = printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile());
    return printed.replaceAll(/^ +(private |#private).*\n/gm, '');
  });
  return target.name === name ? text.join('\n') : `// ${name}\n${text.join('\n')}`;
};
