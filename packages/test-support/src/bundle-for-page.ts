import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';

/** A bundle for pages. */
export interface PageBundle {
  /** Paths of the bundled files, relative to the repository. */
  readonly files: readonly string[];
  /** The script of the bundle. */
  readonly code: string;
  /** Runs the bundle without Node's modules. Resolves with the value that it assigns to `globalThis.result`. */
  run(): Promise<unknown>;
}

/** Globals of a page that the bundles use. */
const pageGlobals = {
  AbortController,
  AbortSignal,
  clearTimeout,
  console,
  crypto,
  performance,
  queueMicrotask,
  setTimeout,
  TextDecoder,
  TextEncoder,
};

/** Bundles code of a page with esbuild, without plugins or polyfills; imports resolve as in a module of `folder`. */
export const bundleForPage = async (code: string, folder: string): Promise<PageBundle> => {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder, loader: 'ts' },
    absWorkingDir: new URL('../../..', import.meta.url).pathname,
    bundle: true,
    platform: 'browser',
    conditions: ['@kstreams/source'],
    format: 'iife',
    target: 'es2023',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const script = outputFiles[0]?.text ?? '';
  return {
    files: Object.keys(metafile.inputs),
    code: script,
    run: async () => {
      const context = createContext({ ...pageGlobals });
      runInContext(script, context);
      return (context as { result?: unknown }).result;
    },
  };
};
