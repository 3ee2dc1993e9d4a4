/** Requires a docstring on every export of a package: it is read far from its code. */
import ts from 'typescript';
import type { Rule } from '../rule.js';
import { lineOf } from '../source.js';

export const docstrings: Rule = {
  name: 'docstrings',
  check: ({ sources }) =>
    sources
      .filter(({ room, isTest }) => room !== undefined && !isTest)
      .flatMap((source) => {
        const exported = source.tree.statements.filter(isExported);
        const documented = new Set(exported.filter(isDocumented).map(nameOf));
        return exported
          .filter((statement) => !documented.has(nameOf(statement)))
          .map((statement) => ({
            path: source.path,
            line: lineOf(source, statement),
            what: `exported "${nameOf(statement)}" has no docstring`,
            mend: 'say what it means',
          }));
      }),
};

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** The overloads of a function have one name, and share one docstring. */
const nameOf = (statement: ts.Statement): string =>
  ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name.getText()).join(', ')
    : ((statement as ts.DeclarationStatement).name?.getText() ?? 'default');

const isDocumented = (statement: ts.Statement): boolean =>
  ts.getJSDocCommentsAndTags(statement).some((doc) => ts.isJSDoc(doc) && ts.getTextOfJSDocComment(doc.comment));
