/**
 * Strips parts of the transpiler that the playground never calls: checks of its options, source maps, and languages
 * other than TypeScript.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const empty: Readonly<Record<string, string>> = {
  'ts-interface-checker': `
    const any = () => ({ check() {}, strictCheck() {} });
    export const createCheckers = () => new Proxy({}, { get: any });
    export const union = any, iface = any, opt = any, lit = any, array = any;`,
  '@jridgewell/gen-mapping': `
    export class GenMapping {};
    export const maybeAddSegment = () => {}, toEncodedMap = () => ({});`,
};

/** Module that exports the browser's Temporal, or fetches the polyfill if it has none. */
const temporal = (polyfill: string): string =>
  `export const Temporal = globalThis.Temporal ?? (await import(${JSON.stringify(polyfill)})).Temporal;`;

/** Files of the transpiler that are never executed; only their exported names must exist. */
const unused =
  /sucrase\/dist\/esm\/(parser\/plugins\/(flow|jsx\/(index|xhtml))|transformers\/(Flow|JSX|Jest|ReactHotLoader|ReactDisplayName)Transformer)\.js$/;

/** Returns a module with the same export names, each an empty function or class. */
const stubbed = (code: string): string => {
  const names = [...code.matchAll(/^export (?:function|class|const|let|var) (\w+)/gm)].map(([, name]) => name);
  const rest = /^export default/m.test(code) ? 'export default class {}' : '';
  return `const nothing = () => {};\n${names.map((name) => `export const ${name} = nothing;`).join('\n')}\n${rest}`;
};

/** Creates the Vite plugin. */
export const trimTranspilerPlugin = (): Plugin => ({
  name: 'trim-transpiler',
  enforce: 'pre',
  resolveId: (name, importer) => {
    if (name === 'temporal-polyfill' && importer !== '\0trimmed:temporal') return '\0trimmed:temporal';
    return name in empty ? `\0trimmed:${name}` : undefined;
  },
  load: (name) => {
    if (name === '\0trimmed:temporal') return temporal('temporal-polyfill');
    if (name.startsWith('\0trimmed:')) return empty[name.slice('\0trimmed:'.length)];
    return unused.test(name) ? stubbed(readFileSync(name, 'utf8')) : undefined;
  },
});
