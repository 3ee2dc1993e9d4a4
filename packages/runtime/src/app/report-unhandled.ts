import { messageOf } from '@kstreams/core/graph';
import type { Logger } from './logger.js';

/**
 * Reports a failure that nothing awaits: it is logged, to the console without a logger, and sets the exit code of the
 * process. Calling `awaited` returns the promise and turns the report off.
 */
export const reportUnhandled = (
  ended: Promise<void>,
  application: string,
  logger: Logger | undefined,
): { awaited(): Promise<void> } => {
  let awaited = false;
  ended.catch((error: unknown) => {
    if (awaited) return;
    const message = `${application} failed and nothing awaits app.closed: ${messageOf(error)}`;
    if (logger === undefined) console.error(`[not-awaited] ${message}`, error);
    else logger.error({ application, code: 'not-awaited', err: error }, message);
    if (typeof process !== 'undefined') process.exitCode = 1;
  });
  return {
    awaited: () => {
      awaited = true;
      return ended;
    },
  };
};
