/** Which line of the snippet a call came from. */

/** What the snippet is called in stacks. */
export const snippetName = 'snippet.ts';

/** Lines that stand before the snippet in the function that runs it. */
const header = 2;

/** The innermost line of the snippet in a stack, from 1. */
export const lineOf = (stack: string | undefined): number | undefined => {
  const frame = (stack ?? '').split('\n').find((line) => line.includes(snippetName));
  const [, line] = /snippet\.ts(?:\S* line \d+ > \S+)?:(\d+)/.exec(frame ?? '') ?? [];
  return line === undefined ? undefined : Number(line) - header;
};

/** The line that is running now. */
export const lineOfCall = (): number | undefined => lineOf(new Error().stack);
