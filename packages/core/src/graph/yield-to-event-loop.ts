import type { Clock } from './clock.js';

/** Resolves after one turn of the event loop, in which timers and sockets are served. */
export const yieldToEventLoop = (clock: Clock): Promise<void> => clock.turn?.() ?? eventLoop();

const eventLoop = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
