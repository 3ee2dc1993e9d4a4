import { transform } from 'sucrase';
import type { Trouble } from './messages.js';

/** JavaScript for the body of an async function: types gone, imports as calls of `require`, every line where it was. */
export const transpile = (code: string): string =>
  transform(code, { transforms: ['typescript', 'imports'], disableESTransforms: true, production: true }).code;

/** Why a snippet does not parse, with its line. */
export const syntaxTrouble = (thrown: unknown): Trouble => {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const [, line] = /\((\d+):\d+\)/.exec(message) ?? [];
  return {
    message: message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, ''),
    ...(line === undefined ? {} : { line: Number(line) }),
  };
};
