/** Finds the line of the snippet that made a call. */

/** File name of the snippet in stack traces. */
export const snippetName = 'snippet.ts';

/** Number of lines before the snippet in the function that wraps it. */
const header = 2;

/** Returns the innermost line of the snippet in a stack trace, from 1. */
export const lineOf = (stack: string | undefined): number | undefined => {
  const frame = (stack ?? '').split('\n').find((line) => line.includes(snippetName));
  const [, line] = /snippet\.ts(?:\S* line \d+ > \S+)?:(\d+)/.exec(frame ?? '') ?? [];
  return line === undefined ? undefined : Number(line) - header;
};

/** Returns the line of the snippet that is executing. */
export const lineOfCall = (): number | undefined => lineOf(new Error().stack);
