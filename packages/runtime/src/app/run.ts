import { interceptNodes, planTopology, type Topology } from '@kstreams/core/graph';
import type { App } from './app.js';
import { Application } from './application.js';
import { checkSingleProcess } from './check-single-process.js';
import { Counters } from './counters.js';
import { Lifecycle } from './lifecycle.js';
import { logApplication } from './logger.js';
import { openApplication } from './open-application.js';
import type { RunOptions } from './options.js';
import { Parts } from './parts.js';
import { checkStores, readSettings } from './settings.js';
import { closeOnSignals } from './signals.js';

/**
 * Runs a topology until it is closed or fails. Resolves when its topics exist, its global tables are complete, its workers
 * have asked to join the group and its extensions have started.
 */
export const run = async (source: Topology | { build(): Topology }, options: RunOptions): Promise<App> => {
  const { clock, logger } = options;
  checkSingleProcess(options.transport);
  const topology = 'build' in source ? source.build() : source;
  const planned = interceptNodes(planTopology(topology), options.intercept);
  const settings = readSettings(options);
  if (settings.exactlyOnce) checkStores(planned);
  const lifecycle = new Lifecycle();
  const counters = new Counters(lifecycle.events$);
  if (logger !== undefined) logApplication(logger, planned, lifecycle.events$);
  const parts = new Parts();
  const opened = await openApplication({ planned, options, settings, lifecycle, counters }, parts).catch(
    async (error: unknown) => {
      await parts.abandon();
      lifecycle.end({ error });
      throw error;
    },
  );
  const app = new Application({ topology, options, settings, lifecycle, counters, opened, parts });
  if (options.signals === true) closeOnSignals(app, { clock, closeTimeout: settings.closeTimeout, logger });
  await app.startExtensions();
  return app;
};
