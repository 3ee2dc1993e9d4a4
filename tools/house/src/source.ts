/** One TypeScript file of the repository, parsed, with its package. */
import ts from 'typescript';

/** A file: its path from the repository's root, its syntax tree, and the package it lies in, if any. */
export interface Source {
  readonly path: string;
  readonly tree: ts.SourceFile;
  readonly room: string | undefined;
  readonly isTest: boolean;
}

/** Parses `text` as the file at `path`. */
export const parseSource = (path: string, text: string): Source => ({
  path,
  tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true),
  room: /^packages\/([^/]+)\/src\//.exec(path)?.[1],
  isTest: path.endsWith('.test.ts') || /^packages\/(test-support|integration-tests)\//.test(path),
});

/** The line, from 1, on which a node begins. */
export const lineOf = ({ tree }: Source, node: ts.Node): number =>
  tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;

/** Visits a node and all below it. A visitor that returns `false` keeps the walk out of that node. */
export const walk = (node: ts.Node, visit: (node: ts.Node) => boolean | undefined): void => {
  if (visit(node) === false) return;
  ts.forEachChild(node, (child) => walk(child, visit));
};
