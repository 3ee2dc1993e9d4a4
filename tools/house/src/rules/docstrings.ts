/** Whatever a package exports says what it means. */
import ts from 'typescript';
import { importedPath } from '../imports.js';
import type { Rule, Violation } from '../rule.js';
import { lineOf, type Source } from '../source.js';

export const docstrings: Rule = {
  name: 'docstrings',
  check: (sources) => {
    const files = new Map(sources.map((source) => [source.path, source]));
    const entries = sources.filter(({ path }) => /^packages\/[^/]+\/src\/(index|level|level\/index)\.ts$/.test(path));
    const found = new Map<string, Violation>();
    for (const entry of entries) {
      const exported = exportsOf(files, entry);
      const documented = new Set(exported.filter(isDocumented).map(idOf));
      for (const [source, declaration] of exported) {
        if (documented.has(idOf([source, declaration]))) continue;
        const line = lineOf(source, declaration);
        const what = `exported "${nameOf(declaration)}" has no docstring`;
        found.set(`${source.path}:${line}`, { path: source.path, line, what, mend: 'say what it means' });
      }
    }
    return [...found.values()];
  },
};

type Files = ReadonlyMap<string, Source>;
type Names = ReadonlySet<string> | undefined;
type Exported = readonly [Source, ts.Statement];

/** The declarations a file exports: its own, and those of other files of its package. `only` narrows to some names. */
const exportsOf = (files: Files, source: Source, only?: Names): readonly Exported[] =>
  source.tree.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return passedOn(files, source, statement, only);
    const isAsked = only === undefined || only.has(nameOf(statement));
    return isAsked && isExported(statement) ? [[source, statement] as const] : [];
  });

const passedOn = (files: Files, source: Source, from: ts.ExportDeclaration, only: Names): readonly Exported[] => {
  const { moduleSpecifier, exportClause } = from;
  if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier) || !moduleSpecifier.text.startsWith('.')) return [];
  const target = files.get(importedPath(source.path, moduleSpecifier.text) ?? '');
  if (!target) return [];
  if (!exportClause || !ts.isNamedExports(exportClause)) return exportsOf(files, target, only);
  const asked = exportClause.elements.filter(({ name }) => only === undefined || only.has(name.text));
  return exportsOf(files, target, new Set(asked.map(({ name, propertyName }) => (propertyName ?? name).text)));
};

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const nameOf = (statement: ts.Statement): string =>
  ts.isVariableStatement(statement)
    ? (statement.declarationList.declarations[0]?.name.getText() ?? '')
    : ((statement as ts.DeclarationStatement).name?.getText() ?? '');

/** The overloads of a function share one docstring. */
const idOf = ([{ path }, statement]: Exported): string => `${path}#${nameOf(statement)}`;

const isDocumented = ([, statement]: Exported): boolean =>
  ts.getJSDocCommentsAndTags(statement).some((doc) => ts.isJSDoc(doc) && ts.getTextOfJSDocComment(doc.comment));
