/**
 * Leaves out what the transpiler brings along and a page never calls: checks of its own options, source maps, and the
 * languages that are not TypeScript.
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

/** Temporal is the page's own where it has one; the polyfill is fetched only where it is missing. */
const temporal = (polyfill: string): string =>
  `export const Temporal = globalThis.Temporal ?? (await import(${JSON.stringify(polyfill)})).Temporal;`;

/** Files of the transpiler of which a page needs the names only. */
const unused =
  /sucrase\/dist\/esm\/(parser\/plugins\/(flow|jsx\/(index|xhtml))|transformers\/(Flow|JSX|Jest|ReactHotLoader|ReactDisplayName)Transformer)\.js$/;

/** The exports of a file, each as something that does nothing. */
const hollow = (code: string): string => {
  const names = [...code.matchAll(/^export (?:function|class|const|let|var) (\w+)/gm)].map(([, name]) => name);
  const rest = /^export default/m.test(code) ? 'export default class {}' : '';
  return `const nothing = () => {};\n${names.map((name) => `export const ${name} = nothing;`).join('\n')}\n${rest}`;
};

/** The plugin. */
export const leanPlugin = (): Plugin => ({
  name: 'lean',
  enforce: 'pre',
  resolveId: (name, importer) => {
    if (name === 'temporal-polyfill' && importer !== '\0lean:temporal') return '\0lean:temporal';
    return name in empty ? `\0lean:${name}` : undefined;
  },
  load: (name) => {
    if (name === '\0lean:temporal') return temporal('temporal-polyfill');
    if (name.startsWith('\0lean:')) return empty[name.slice(6)];
    return unused.test(name) ? hollow(readFileSync(name, 'utf8')) : undefined;
  },
});
