import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compilerPlugin } from './build/compiler.js';
import { dataPlugin } from './build/data.js';
import { trimTranspilerPlugin } from './build/trim-transpiler.js';
import { declarationsPlugin } from './build/types.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Export conditions: packages of this repository are read from source, others as for a browser. */
const conditions = ['@kstreams/source', 'browser', 'module', 'import', 'default'];

export default defineConfig({
  root: here,
  base: './',
  resolve: { conditions },
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', target: 'es2022', legalComments: 'none' },
  build: {
    target: 'es2022',
    outDir: fileURLToPath(new URL('../.vitepress/dist/playground', import.meta.url)),
    emptyOutDir: true,
    chunkSizeWarningLimit: 5_000,
    rollupOptions: {
      input: { index: `${here}index.html`, 'run-block': `${here}src/block/main.tsx` },
      // The pages of the documentation import the entry by its name.
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: ({ name }) => (name === 'run-block' ? 'run-block.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [trimTranspilerPlugin(), dataPlugin(), declarationsPlugin(root), compilerPlugin()],
  },
  plugins: [dataPlugin()],
});
