import { type Admin, backoff, type Clock, messageOf, type Transport, TransportError } from '@kstreams/core/graph';
import type { Logger } from './logger.js';

/** Options for connecting to a log. */
export interface AwaitLogOptions {
  readonly application: string;
  readonly transport: Pick<Transport, 'admin' | 'name'>;
  readonly clock: Clock;
  /** The time for which a log that does not respond is tried again, in ms. */
  readonly startTimeout: number;
  readonly logger: Logger | undefined;
}

/** Opens an admin client and tries again for `startTimeout` while the log does not respond. */
export const awaitLog = async (options: AwaitLogOptions): Promise<Admin> => {
  const { application, clock, logger, startTimeout, transport } = options;
  const deadline = clock.monotonic() + startTimeout;
  for (let attempt = 1; ; attempt++) {
    try {
      return await transport.admin();
    } catch (thrown) {
      const passes = thrown instanceof TransportError && thrown.retriable;
      const pause = backoff(attempt, { longest: '10s' });
      if (!passes || clock.monotonic() + pause > deadline) throw thrown;
      const message = `${application} waits for ${transport.name}: ${messageOf(thrown)}`;
      logger?.warn({ application, code: 'waits-for-log', err: thrown }, message);
      await new Promise<void>((resolve) => {
        clock.after(pause, resolve);
      });
    }
  }
};
