import type { Clock } from '@kstreams/core/graph';

/** Lets timers and sockets have their turn, without waiting longer than that. */
export const yieldToEventLoop = (clock: Clock): Promise<void> => clock.turn?.() ?? eventLoop();

const eventLoop = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
