import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, type Topology } from '@kstreams/core/graph';

/**
 * Returns the absolute path of a file.
 *
 * @throws ConfigError when it does not exist.
 */
export const pathOf = (file: string): string => {
  const path = resolve(file);
  if (!existsSync(path)) throw new ConfigError(`${path} does not exist: pass the path of a script`);
  return path;
};

/**
 * Loads the topology that a module exports, by any name.
 *
 * @throws ConfigError for a module that does not exist, exports none, or exports several.
 */
export const loadTopology = async (file: string): Promise<Topology> => {
  const path = pathOf(file);
  const exported: readonly unknown[] = Object.values((await import(pathToFileURL(path).href)) as object);
  const found = new Set(exported.filter(isTopology));
  const [first, ...others] = found;
  if (first === undefined) throw new ConfigError(`${path} exports no topology: export const app = streams('…')`);
  if (others.length > 0) throw new ConfigError(`${path} exports ${found.size} topologies: export one of them only`);
  return 'build' in first ? first.build() : first;
};

interface Builder {
  build(): Topology;
}

const isTopology = (one: unknown): one is Builder | Topology =>
  typeof one === 'object' &&
  one !== null &&
  (('build' in one && typeof one.build === 'function') || ('nodes' in one && 'name' in one));
