/** Bundles the page into `dist/page`, from the sources of the workspace: `node page/build.js [folder]`. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await build({
  entryPoints: [
    { in: here('main.tsx'), out: 'app' },
    { in: here('style.css'), out: 'app' },
  ],
  outdir: process.argv[2] ?? here('../dist/page'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['@kstreams/source', 'browser'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
});
