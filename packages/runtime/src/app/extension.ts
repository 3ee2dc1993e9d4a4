import type { Telemetry } from '@kstreams/core/graph';
import type { StartedApplication } from './app.js';

/**
 * Adds a service to an application: an HTTP server for its views, an exporter of its events, an inspector.
 *
 * @example
 * const announce: Extension = {
 *   name: 'announce',
 *   started: (app) => console.log(`${app.name} keeps ${app.stores().length} stores`),
 *   closing: () => console.log('bye'),
 * };
 * const app = await start(shop, { extensions: [announce] });
 */
export interface Extension {
  /** The name of the extension in errors and events. */
  readonly name: string;
  /** Receives the metrics of the application, beside the option `telemetry`; nothing unless set. */
  readonly telemetry?: Telemetry;
  /**
   * Called once, in the order of the `extensions` option, before `start` resolves. An error closes the application and
   * rejects `start`.
   */
  started(app: StartedApplication): void | Promise<void>;
  /**
   * Called once, in reverse order, after the workers have committed and stopped and before state and transport close.
   * An error is an `extension-failed` event and rejects `app.closed`; the other extensions are still called.
   */
  closing?(): void | Promise<void>;
}
