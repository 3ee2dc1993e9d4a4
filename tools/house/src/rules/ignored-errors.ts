/**
 * Requires a reason wherever an error is dropped unseen: in a `catch` without a name for it, and in a handler of a rejection
 * that takes none.
 */
import ts from 'typescript';
import type { Rule } from '../rule.js';
import { lineOf, type Source, walk } from '../source.js';

export const ignoredErrors: Rule = {
  name: 'ignored-errors',
  check: ({ sources }) =>
    sources
      .filter((source) => !source.isTest)
      .flatMap((source) => {
        const lines: number[] = [];
        walk(source.tree, (node) => {
          if ((dropsThrown(node) && !hasComment(node.block)) || (dropsRejection(node) && !isExplained(source, node)))
            lines.push(lineOf(source, node));
          return undefined;
        });
        return lines.map((line) => ({
          path: source.path,
          line,
          what: 'an error is dropped without a reason',
          mend: 'add a comment that says why nothing is lost',
        }));
      }),
};

const dropsThrown = (node: ts.Node): node is ts.CatchClause =>
  ts.isCatchClause(node) && (node.variableDeclaration === undefined || node.block.statements.length === 0);

const dropsRejection = (node: ts.Node): node is ts.CallExpression => {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const [handler] = node.arguments;
  if (node.expression.name.text !== 'catch' || handler === undefined || !ts.isArrowFunction(handler)) return false;
  return handler.parameters.length === 0;
};

const hasComment = (node: ts.Node): boolean => /\/[/*]/.test(node.getText());

/** A comment in the handler, at the end of its line, or on the line above the statement. */
const isExplained = (source: Source, node: ts.CallExpression): boolean => {
  if (hasComment(node.arguments[0] as ts.Node)) return true;
  let statement: ts.Node = node;
  while (!ts.isStatement(statement) && !ts.isClassElement(statement)) statement = statement.parent;
  const { text } = source.tree;
  return (
    (ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? []).length > 0 ||
    (ts.getTrailingCommentRanges(text, statement.getEnd()) ?? []).length > 0
  );
};
