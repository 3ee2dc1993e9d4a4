/** The prose of a repository: comments, error messages, titles of tests, headings and pages. */
import ts from 'typescript';
import type { Page } from './repository.js';
import { type Source, walk } from './source.js';

/** A piece of prose with its kind. Code inside it is blanked out, so that lines and columns stay. */
export interface Prose {
  readonly kind: 'comment' | 'error' | 'title' | 'heading' | 'page';
  readonly text: string;
  /** The line of the file on which the text begins, from 1. */
  readonly line: number;
}

/** The comments, error messages and titles of tests and cases of a TypeScript file. */
export const proseOfSource = (source: Source): readonly Prose[] => [...commentsOf(source), ...literalsOf(source)];

/** The headings of a Markdown page, or with `whole` also its paragraphs. Fenced code is left out. */
export const proseOfPage = ({ text }: Page, whole: boolean): readonly Prose[] => {
  let fenced = false;
  return text.split('\n').flatMap((content, at): Prose[] => {
    if (/^\s*(```|~~~)/.test(content)) fenced = !fenced;
    const heading = /^#{1,6} /.exec(content);
    if (fenced || !(heading || whole)) return [];
    const kind = heading ? 'heading' : 'page';
    return [{ kind, text: withoutCode(content.replace(/^#{1,6} /, '').replaceAll(/\]\([^)]*\)/g, ']')), line: at + 1 }];
  });
};

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

const withoutCode = (text: string): string => text.replaceAll(/`[^`]*`|\{@link[^}]*\}/g, blank);

const commentsOf = (source: Source): readonly Prose[] => {
  const text = source.tree.text;
  const opaque = literalRanges(source);
  const found: (Prose & { readonly end: number; readonly isLine: boolean })[] = [];
  const commentStart = /\/\/|\/\*/g;
  let from = 0;
  const skip = (end: number): void => {
    commentStart.lastIndex = end;
  };
  for (let match = commentStart.exec(text); match !== null; match = commentStart.exec(text)) {
    while ((opaque[from]?.end ?? Number.POSITIVE_INFINITY) <= match.index) from++;
    const literal = opaque[from];
    if (literal !== undefined && literal.pos <= match.index) {
      skip(literal.end);
      continue;
    }
    const isLine = match[0] === '//';
    const close = text.indexOf(isLine ? '\n' : '*/', match.index + 2);
    const end = close < 0 ? text.length : isLine ? close : close + 2;
    const content = cleaned(text.slice(match.index, end));
    const before = found.at(-1);
    if (isLine && before?.isLine && text.slice(before.end, match.index).trim() === '')
      found[found.length - 1] = { ...before, text: `${before.text}\n${content}`, end };
    else found.push({ kind: 'comment', text: content, line: lineAt(source, match.index), end, isLine });
    skip(end);
  }
  return found.filter(({ text }) => !/^\s*(biome-ignore|@ts-expect-error|@ts-ignore)/.test(text));
};

/** Blanks the marks of a comment, its examples and its code. */
const cleaned = (comment: string): string =>
  withoutCode(
    comment
      .replace(/^\/[/*]+/, blank)
      .replace(/\*\/$/, blank)
      .replaceAll(/^[ \t]*\*/gm, blank)
      .replaceAll(/@example[\s\S]*?(?=\n\s*@(?!example)\w|$)/g, blank)
      .replaceAll(/@(param|throws|returns|deprecated)\b( [\w.]+( -)?)?/g, blank),
  );

/** Ranges of strings, templates and regular expressions: a slash in them opens no comment. */
const literalRanges = ({ tree }: Source): readonly { readonly pos: number; readonly end: number }[] => {
  const found: { pos: number; end: number }[] = [];
  walk(tree, (node) => {
    if (ts.isLiteralExpression(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node))
      found.push({ pos: node.getStart(tree), end: node.getEnd() });
    return undefined;
  });
  return found.sort((a, b) => a.pos - b.pos);
};

const literalsOf = (source: Source): readonly Prose[] => {
  const found: Prose[] = [];
  walk(source.tree, (node) => {
    if (isError(node)) found.push(...textsOf(source, 'error', node.arguments ?? []));
    else if (isTest(node)) found.push(...textsOf(source, 'title', node.arguments));
    else if (isName(node))
      found.push(...textsOf(source, 'title', [node.initializer]).filter(({ text }) => / /.test(text)));
    return undefined;
  });
  return found;
};

const isError = (node: ts.Node): node is ts.NewExpression =>
  ts.isNewExpression(node) && /Error$/.test(node.expression.getText());

const isTest = (node: ts.Node): node is ts.CallExpression =>
  ts.isCallExpression(node) && /^(test|it|describe|describeWith|check)\b/.test(node.expression.getText().slice(0, 12));

/** True for the `name` of a case, such as a deliberate bug. */
const isName = (node: ts.Node): node is ts.PropertyAssignment =>
  ts.isPropertyAssignment(node) && node.name.getText() === 'name';

/** The words of texts: strings, templates, and texts that are joined or chosen. */
const textsOf = (source: Source, kind: Prose['kind'], texts: readonly ts.Expression[]): readonly Prose[] => {
  const found: Prose[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateHead(node))
      found.push({ kind, text: withoutCode(node.text), line: lineAt(source, node.getStart(source.tree)) });
    else if (ts.isTemplateMiddleOrTemplateTail(node))
      found.push({ kind, text: withoutCode(node.text), line: lineAt(source, node.getStart(source.tree)) });
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isTemplateExpression(node) ||
      ts.isTemplateSpan(node) ||
      ts.isBinaryExpression(node) ||
      ts.isConditionalExpression(node)
    )
      ts.forEachChild(node, visit);
  };
  for (const text of texts) visit(text);
  return found;
};

const lineAt = ({ tree }: Source, position: number): number => tree.getLineAndCharacterOfPosition(position).line + 1;
