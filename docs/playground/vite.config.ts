import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compilerPlugin } from './build/compiler.js';
import { dataPlugin } from './build/data.js';
import { leanPlugin } from './build/lean.js';
import { declarationsPlugin } from './build/types.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packages are read from their sources, as a page has them. */
const conditions = ['@kstreams/source', 'browser', 'module', 'import', 'default'];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  resolve: { conditions },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', target: 'es2022', legalComments: 'none' },
  build: {
    target: 'es2022',
    outDir: fileURLToPath(new URL('../.vitepress/dist/playground', import.meta.url)),
    emptyOutDir: true,
    chunkSizeWarningLimit: 5_000,
  },
  worker: { format: 'es', plugins: () => [leanPlugin(), dataPlugin(), declarationsPlugin(root), compilerPlugin()] },
  plugins: [dataPlugin()],
});
