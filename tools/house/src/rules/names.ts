/** Refuses words in the names of files and declarations that describe a construction and not a purpose. */
import { posix } from 'node:path';
import ts from 'typescript';
import type { Rule, Violation } from '../rule.js';
import { lineOf, type Source, walk } from '../source.js';

/** Compounds of the field (`TaskManager`, `RetryPolicy`, `RebalanceHandler`) are welcome: only empty words are refused. */
const refused = new Set('impl abstract base helper helpers util utils'.split(' '));

/** The conformance runner reads cases recorded from Kafka Streams, with the names that they have there. */
const inOurWords = ({ path }: Source): boolean => !path.startsWith('tools/conformance/');

const wordsOf = (name: string): readonly string[] =>
  name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/).map((word) => word.toLowerCase());

export const names: Rule = {
  name: 'names',
  check: ({ sources }) =>
    sources.filter(inOurWords).flatMap((source) => {
      const file = posix.basename(source.path, '.ts').replace(/\.(types\.)?test$/, '');
      const ofFile = problemsOf(file).map((problem) => ({ path: source.path, line: 1, ...problem }));
      return [...ofFile, ...declaredNames(source).flatMap((name) => judge(source, name))];
    }),
};

const declaredNames = ({ tree }: Source): readonly ts.Identifier[] => {
  const found: ts.Identifier[] = [];
  walk(tree, (node) => {
    if (ts.isIdentifier(node) && 'name' in node.parent && node.parent.name === node && isDeclaration(node.parent)) {
      found.push(node);
    }
    return undefined;
  });
  return found;
};

/** True for names that the file chose. Keys of an object literal may be required by a type from elsewhere. */
const isDeclaration = (node: ts.Node): boolean =>
  ts.isVariableDeclaration(node) ||
  ts.isParameter(node) ||
  ts.isBindingElement(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isClassElement(node) ||
  ts.isTypeElement(node) ||
  isType(node);

const isType = (node: ts.Node): boolean =>
  ts.isClassLike(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isTypeParameterDeclaration(node);

const judge = (source: Source, name: ts.Identifier): readonly Violation[] => {
  const problems = problemsOf(name.text);
  if (ts.isInterfaceDeclaration(name.parent) && /^I[A-Z][a-z]/.test(name.text)) {
    problems.push({ what: `interface "${name.text}" begins with I`, mend: 'name the thing itself' });
  }
  if (isType(name.parent) && /[a-z]T$/.test(name.text)) {
    problems.push({ what: `type "${name.text}" ends in T`, mend: 'name the thing itself' });
  }
  return problems.map((problem) => ({ path: source.path, line: lineOf(source, name), ...problem }));
};

const problemsOf = (name: string): { what: string; mend: string }[] =>
  wordsOf(name)
    .filter((word) => refused.has(word))
    .map((word) => ({ what: `"${name}" says "${word}"`, mend: 'name the purpose, in a term of the field' }));
