import { pathToFileURL } from 'node:url';
import { type Backend, type Plan, planTopology } from '@kstreams/core/graph';
import { loadTopology, pathOf } from './load-topology.js';

/** The options of a start that a module exports, those that commands use. */
export interface ApplicationOptions {
  readonly folder?: string;
  readonly state?: Backend;
  readonly deadLetters?: readonly string[];
}

/** An application that a module exports. */
export interface Application {
  readonly plan: Plan;
  /** The export `options` of the module. */
  readonly options: ApplicationOptions;
}

/**
 * Loads the application that a module exports, with its options.
 *
 * @throws ConfigError for a module that does not exist, exports none, or exports several.
 */
export const loadApplication = async (file: string): Promise<Application> => {
  const plan = planTopology(await loadTopology(file));
  const { options = {} } = (await import(pathToFileURL(pathOf(file)).href)) as {
    readonly options?: ApplicationOptions;
  };
  return { plan, options };
};
