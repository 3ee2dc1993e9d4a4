import type { QueryOperation } from '../access.js';
import { Problem } from '../service/problem.js';

/** The operation of a request, with its store and parameters. */
export interface Route {
  readonly operation: QueryOperation;
  readonly store: string | undefined;
  /** The path below the mount. */
  readonly path: string;
  readonly search: URLSearchParams;
}

const operations: ReadonlySet<string> = new Set(['get', 'rows', 'windows', 'count', 'changes']);

/**
 * Returns the route of a URL, below a path.
 *
 * @throws Problem for a URL without one.
 */
export const routeOf = (url: string, below: string): Route => {
  const at = url.indexOf('?');
  const whole = at < 0 ? url : url.slice(0, at);
  const search = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  const path = whole.startsWith(`${below}/`) ? whole.slice(below.length) : '';
  const [, first, name, operation, more] = path.split('/');
  if (first === 'stores' && name === undefined) return { operation: 'stores', store: undefined, path, search };
  const store = name === undefined ? undefined : decodedName(name);
  if (
    first !== 'stores' ||
    store === undefined ||
    operation === undefined ||
    !operations.has(operation) ||
    more !== undefined
  )
    throw new Problem(
      'not-found',
      `GET ${below}/stores, or ${below}/stores/<store>/ and one of ${[...operations].join(', ')}`,
    );
  return { operation: operation as QueryOperation, store, path, search };
};

const decodedName = (name: string): string | undefined => {
  try {
    return decodeURIComponent(name);
  } catch (thrown) {
    if (thrown instanceof URIError) return undefined;
    throw thrown;
  }
};
