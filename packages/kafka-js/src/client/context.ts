import type { Clock } from '@kstreams/core/graph';
import type { ConnectionSettings } from './settings.js';

/** Receives log lines of the clients: lost connections, refused requests, rebalances. */
export type Log = (message: string) => void;

/** The parts shared by all clients of a transport. */
export interface ClientContext {
  readonly settings: ConnectionSettings;
  readonly clock: Clock;
  readonly log: Log;
}
