import { posix } from 'node:path';
import ts from 'typescript';
import { lineOf, type Source, walk } from './source.js';

/** One module that a file names: in an import, a re-export, an `import()` or an import type. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Gone after compilation: `import type`, or an import type inside a signature. */
  readonly typeOnly: boolean;
}

/** Everything a file imports, in the order of its text. */
export const importsOf = (source: Source): readonly Import[] => {
  const found: Import[] = [];
  walk(source.tree, (node) => {
    const named = moduleNamedBy(node);
    if (named !== undefined && ts.isStringLiteral(named.specifier)) {
      found.push({ specifier: named.specifier.text, line: lineOf(source, node), typeOnly: named.typeOnly });
    }
    return undefined;
  });
  return found;
};

const moduleNamedBy = (node: ts.Node): { specifier: ts.Node; typeOnly: boolean } | undefined => {
  if (ts.isImportDeclaration(node)) {
    return {
      specifier: node.moduleSpecifier,
      typeOnly: node.importClause !== undefined && onlyTypes(node.importClause),
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: node.moduleSpecifier, typeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: node.argument.literal, typeOnly: true };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0]) {
    return { specifier: node.arguments[0], typeOnly: false };
  }
  return undefined;
};

const onlyTypes = (clause: ts.ImportClause): boolean => {
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { namedBindings } = clause;
  if (clause.name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
};

/** The repository path of the file that a specifier means, or undefined for a module from outside. */
export const importedPath = (from: string, specifier: string): string | undefined => {
  if (specifier.startsWith('.')) {
    return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
  }
  const own = /^(?:@kstreams\/([^/]+)|(kstreams))(?:\/(.+))?$/.exec(specifier);
  if (own === null) return undefined;
  const [, scoped, unscoped, entry] = own;
  // The entries of core and runtime are folders, those of other packages files.
  const folders = scoped === 'core' || scoped === 'runtime';
  const file = entry === undefined ? 'index' : folders ? `${entry}/index` : entry;
  return `packages/${scoped ?? unscoped}/src/${file}.ts`;
};
