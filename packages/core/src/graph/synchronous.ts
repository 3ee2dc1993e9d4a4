import { ConfigError } from './errors.js';
import { refusePromise } from './promise.js';

/** Any function of the user. */
export type Callback = (...given: never[]) => unknown;

/**
 * Refuses an `async` function in a synchronous step, which would forward before the promise settles.
 *
 * @throws ConfigError for an async function or async generator.
 */
export const refuseAsync = (step: string, callback: Callback | undefined): void => {
  const kind = Object.prototype.toString.call(callback);
  if (kind !== '[object AsyncFunction]' && kind !== '[object AsyncGeneratorFunction]') return;
  throw new ConfigError(`the function of ${step} returns a promise: use mapAsync`);
};

/**
 * Returns the function of a synchronous step, which refuses promises among its results too.
 *
 * @throws ConfigError for an async function or async generator.
 */
export const synchronous = <F extends Callback>(step: string, callback: F): F => {
  refuseAsync(step, callback);
  const call = callback as unknown as (first: unknown, second: unknown, third: unknown) => unknown;
  const checked: typeof call = (first, second, third) => {
    const result = call(first, second, third);
    if (typeof result === 'object') refusePromise(result, step);
    return result;
  };
  return checked as unknown as F;
};
