/** Emits TypeScript as a separate module, which only the editor's worker loads. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { transform } from 'esbuild';
import type { Plugin } from 'vite';

const id = 'virtual:typescript';

/** Resolves `import url from 'virtual:typescript'` to the URL of the compiler as an ES module. */
export const compilerPlugin = (): Plugin => ({
  name: 'typescript',
  resolveId: (name) => (name === id ? `\0${id}` : undefined),
  async load(name) {
    if (name !== `\0${id}`) return undefined;
    const file = createRequire(import.meta.url).resolve('typescript');
    const { code } = await transform(`${readFileSync(file, 'utf8')}\nexport default ts;`, {
      minify: true,
      format: 'esm',
      target: 'es2022',
      legalComments: 'none',
    });
    const asset = this.emitFile({ type: 'asset', name: 'typescript.js', source: code });
    return `export default import.meta.ROLLUP_FILE_URL_${asset};`;
  },
});
