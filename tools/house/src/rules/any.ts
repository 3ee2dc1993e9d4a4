/** Restricts `any`, which turns the checker off, to a few aliases that are named for their use. */
import ts from 'typescript';
import type { Rule } from '../rule.js';
import { lineOf, walk } from '../source.js';

const aliases = [
  'AnyAggregate',
  'AnySerde',
  'AnyProcess',
  'AnyContext',
  'AnyStoreSpec',
  'AnyTopic',
  'AnyJoiner',
  'AnyStream',
];
const mend = `take unknown, a type parameter, or one of ${aliases.join(', ')}`;

export const any: Rule = {
  name: 'any',
  check: ({ sources }) =>
    sources
      .filter(({ room, isTest }) => room !== undefined && !isTest)
      .flatMap((source) => {
        const lines = new Set<number>();
        walk(source.tree, (node) => {
          if (ts.isTypeAliasDeclaration(node) && aliases.includes(node.name.text)) return false;
          if (node.kind === ts.SyntaxKind.AnyKeyword) lines.add(lineOf(source, node));
          return undefined;
        });
        return [...lines].map((line) => ({ path: source.path, line, what: '`any` outside its aliases', mend }));
      }),
};
