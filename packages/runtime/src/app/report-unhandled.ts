import { messageOf } from '@kstreams/core/graph';
import type { Logger } from './logger.js';

/**
 * Watches how an application ends. A failure must not go unseen: when nobody has asked for the promise by the time it
 * rejects, it is logged, on the console if need be, and sets the exit code.
 */
export const reportUnhandled = (
  ended: Promise<void>,
  application: string,
  logger: Logger | undefined,
): { awaited(): Promise<void> } => {
  let awaited = false;
  ended.catch((error: unknown) => {
    if (awaited) return;
    const message = `${application} failed and nobody asked for app.closed: ${messageOf(error)}`;
    if (logger === undefined) console.error(message, error);
    else logger.error({ application, err: error }, message);
    if (typeof process !== 'undefined') process.exitCode = 1;
  });
  return {
    awaited: () => {
      awaited = true;
      return ended;
    },
  };
};
