import { transform } from 'sucrase';
import type { SnippetError } from './messages.js';

/** Transpiles to the body of an async function: without types, imports as `require` calls, lines unchanged. */
export const transpile = (code: string): string =>
  transform(code, { transforms: ['typescript', 'imports'], disableESTransforms: true, production: true }).code;

/** Describes a syntax error, with its line. */
export const syntaxErrorOf = (thrown: unknown): SnippetError => {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const [, line] = /\((\d+):\d+\)/.exec(message) ?? [];
  return {
    message: message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, ''),
    ...(line === undefined ? {} : { line: Number(line) }),
  };
};
