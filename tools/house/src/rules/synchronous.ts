/** Between poll and send nothing waits: no promise in an operator, in a view, in a context or in what compiles them. */
import ts from 'typescript';
import type { Rule, Violation } from '../rule.js';
import { lineOf, type Source, walk } from '../source.js';

const hotPath = [
  /^packages\/core\/src\/dsl\/operators\/(?!map-async|process-async)/,
  /^packages\/core\/src\/state\//,
  /^packages\/(windowing|joins)\/src\//,
  /^packages\/runtime\/src\/compile\//,
  /^packages\/core\/src\/graph\/(context|processor)\.ts$/,
];
/** The edges: a store is filled before its task runs, its rows prefetched before a batch, read by queries; what a task held is released. */
const edges = new Set(['load', 'prefetchKeys', 'scan', 'onClose', 'close']);
const mend = 'wait at the edge: load, prefetchKeys, commit or mapAsync';

export const synchronous: Rule = {
  name: 'synchronous',
  check: ({ sources }) =>
    sources.filter(({ path, isTest }) => !isTest && hotPath.some((place) => place.test(path))).flatMap(waitsOf),
};

const waitsOf = (source: Source): readonly Violation[] => {
  const found: Violation[] = [];
  walk(source.tree, (node) => {
    if (isEdge(node)) return false;
    const wait = waitOf(node);
    if (wait) found.push({ path: source.path, line: lineOf(source, node), what: `${wait} on the hot path`, mend });
    return undefined;
  });
  return found;
};

const isEdge = (node: ts.Node): boolean => {
  const name = ts.getNameOfDeclaration(node as ts.Declaration);
  return name !== undefined && ts.isIdentifier(name) && edges.has(name.text);
};

const waitOf = (node: ts.Node): string | undefined => {
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return '`async`';
  if (node.kind === ts.SyntaxKind.AwaitKeyword || ts.isAwaitExpression(node)) return '`await`';
  if (ts.isIdentifier(node) && /^Promise(Like)?$/.test(node.text)) return `\`${node.text}\``;
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'then') return '`.then`';
  return undefined;
};
