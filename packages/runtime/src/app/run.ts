import { checkOptions, interceptNodes, planTopology, type Topology } from '@kstreams/core/graph';
import { Metrics } from '../telemetry/metrics.js';
import { ScopedTelemetry } from '../telemetry/scoped-telemetry.js';
import { telemetryGroup } from '../telemetry/telemetry-group.js';
import type { App } from './app.js';
import { Application } from './application.js';
import { checkSingleProcess } from './check-single-process.js';
import { EventMetrics } from './event-metrics.js';
import { Lifecycle } from './lifecycle.js';
import { logApplication } from './logger.js';
import { openApplication } from './open-application.js';
import { type RunOptions, runChecks } from './options.js';
import { Parts } from './parts.js';
import { checkStores, readSettings } from './settings.js';
import { closeOnSignals } from './signals.js';

/**
 * Runs a topology until it is closed or fails. Resolves when its topics exist, its global tables are complete, its workers
 * have begun to join the group and its extensions have started.
 */
export const run = async (source: Topology | { build(): Topology }, options: RunOptions): Promise<App> => {
  checkOptions('run', options, runChecks);
  const { clock, logger } = options;
  checkSingleProcess(options.transport);
  const topology = 'build' in source ? source.build() : source;
  const planned = interceptNodes(planTopology(topology), options.intercept);
  const settings = readSettings(options);
  if (settings.exactlyOnce) checkStores(planned);
  const lifecycle = new Lifecycle();
  const receivers = [options.telemetry, ...(options.extensions ?? []).map((one) => one.telemetry)];
  const received = telemetryGroup(receivers.filter((one) => one !== undefined));
  const telemetry = received && new ScopedTelemetry(received, { 'kstreams.application': planned.name });
  const { system = 'kstreams' } = options.transport;
  const tracing = options.telemetry?.tracing?.({ name: planned.name, system });
  const metrics = new Metrics(telemetry, system, tracing);
  const events = new EventMetrics(metrics);
  lifecycle.events$.subscribe({
    next: (event) => events.count(event),
    complete: () => telemetry?.close(),
  });
  if (logger !== undefined) logApplication(logger, planned, lifecycle.events$);
  const parts = new Parts();
  const opened = await openApplication({ planned, options, settings, lifecycle, metrics }, parts).catch(
    async (error: unknown) => {
      await parts.abandon();
      lifecycle.end({ error });
      throw error;
    },
  );
  const app = new Application({ topology, options, settings, lifecycle, metrics, opened, parts });
  if (options.signals === true) closeOnSignals(app, { clock, closeTimeout: settings.closeTimeout, logger });
  await app.startExtensions();
  return app;
};
