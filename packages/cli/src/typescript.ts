import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ConfigError } from '@kstreams/core/graph';

/**
 * Returns the URL of the module that lets Node load a TypeScript file: `tsx`, where it is installed beside the file. Returns
 * undefined for JavaScript, and where Node strips types.
 *
 * @throws ConfigError where neither does.
 */
export const typescriptLoader = (
  path: string,
  stripsTypes = (process.features as { readonly typescript?: unknown }).typescript !== undefined,
): string | undefined => {
  if (!/\.[cm]?tsx?$/.test(path)) return undefined;
  const require = createRequire(path);
  try {
    return pathToFileURL(require.resolve('tsx')).href;
  } catch (thrown) {
    if (stripsTypes) return undefined;
    throw new ConfigError(
      `Node ${process.versions.node} cannot load ${path}: npm install --save-dev tsx, or use Node 22.18 or newer`,
      thrown,
    );
  }
};
