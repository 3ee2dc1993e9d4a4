import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, type Topology } from '@kstreams/core/graph';
import { typescriptLoader } from './typescript.js';

/**
 * Returns the absolute path of a file.
 *
 * @throws ConfigError when it does not exist.
 */
export const pathOf = (file: string): string => {
  const path = resolve(file);
  if (!existsSync(path)) throw new ConfigError(`${path} does not exist: pass the path of a file`);
  return path;
};

/**
 * Loads the topology that a module exports, by any name.
 *
 * @throws ConfigError for a module that does not exist, exports none, or exports several.
 */
export const loadTopology = async (file: string): Promise<Topology> => {
  const path = pathOf(file);
  const loader = typescriptLoader(path);
  if (loader !== undefined) await import(loader);
  const found = exportedTopologies((await import(pathToFileURL(path).href)) as object);
  const [first, ...others] = found;
  if (first === undefined) throw new ConfigError(`${path} exports no topology: export const app = streams('…')`);
  if (others.length > 0) throw new ConfigError(`${path} exports ${found.length} topologies: export one of them only`);
  return 'build' in first ? first.build() : first;
};

/** An object that builds a topology, such as `streams('…')`. */
export interface TopologyBuilder {
  readonly name: string;
  build(): Topology;
}

/** Returns the topologies among the exports of a module, each once. */
export const exportedTopologies = (exported: object): readonly (TopologyBuilder | Topology)[] => [
  ...new Set(Object.values(exported).filter(isTopology)),
];

const isTopology = (one: unknown): one is TopologyBuilder | Topology =>
  typeof one === 'object' &&
  one !== null &&
  (('build' in one && typeof one.build === 'function') || ('nodes' in one && 'name' in one));
