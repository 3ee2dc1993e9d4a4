import type { Clock } from '@kstreams/core/graph';
import type { App } from './app.js';
import type { Logger } from './logger.js';

/** Options for closing on signals. */
export interface SignalOptions {
  readonly clock: Clock;
  /** The time after which the process exits with code 1 if it is not closed, in ms. */
  readonly closeTimeout: number;
  readonly logger: Logger | undefined;
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Closes the application on SIGINT and SIGTERM. A second signal or a close that takes too long exits the process. */
export const closeOnSignals = (app: App, { clock, closeTimeout, logger }: SignalOptions): void => {
  let closing = false;
  const exit = (why: string): void => {
    logger?.error({ application: app.name, code: 'forced-exit' }, `${app.name} exits before it is closed: ${why}`);
    process.exit(1);
  };
  const close = (signal: string): void => {
    if (closing) {
      exit(`${signal} came again`);
      return;
    }
    closing = true;
    logger?.info({ application: app.name, signal }, `${app.name} closes on ${signal}`);
    const cancel = clock.after(closeTimeout, () => exit(`closing took more than ${closeTimeout} ms`));
    app.close().then(cancel, (error: unknown) => {
      cancel();
      logger?.error({ application: app.name, code: 'close-failed', err: error }, `${app.name} failed to close`);
      process.exitCode = 1;
    });
  };
  for (const signal of signals) process.on(signal, close);
  app.state$.subscribe({
    complete: () => {
      for (const signal of signals) process.off(signal, close);
    },
  });
};
