import { lineOf, snippetName } from './lines.js';
import type { SnippetError } from './messages.js';

type Body = (require: (name: string) => object, exports: object, console: object) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => Body;

/** Runs transpiled code with the given modules and a console that writes to `log`. */
export const evaluate = async (
  code: string,
  modules: ReadonlyMap<string, object>,
  log: (...values: unknown[]) => void,
): Promise<void> => {
  const body = new AsyncFunction('require', 'exports', 'console', `${code}\n//# sourceURL=${snippetName}`);
  const console = { log, info: log, warn: log, error: log, debug: log, table: log };
  await body((name) => modules.get(name) as object, {}, console);
};

/** Describes a thrown error, with the line of the snippet and the node that failed. */
export const snippetErrorOf = (thrown: unknown): SnippetError => {
  if (!(thrown instanceof Error)) return { message: `threw ${String(thrown)}` };
  const place = (thrown as { location?: { node?: string } }).location;
  const cause = thrown.cause instanceof Error ? lineOf(thrown.cause.stack) : undefined;
  const line = cause ?? lineOf(thrown.stack);
  return {
    message: thrown.message,
    ...(line === undefined ? {} : { line }),
    ...(place?.node === undefined ? {} : { node: place.node }),
  };
};
