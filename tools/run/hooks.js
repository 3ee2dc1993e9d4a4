/**
 * Loader hooks: resolve `./x.js` to `./x.ts`, read packages from their sources, and transpile TypeScript. The output is
 * cached below node_modules, so that processes of tests start fast.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const kept = fileURLToPath(new URL('../../node_modules/.cache/run/', import.meta.url));
mkdirSync(kept, { recursive: true });
const require = createRequire(import.meta.url);
const { version } = require('typescript/package.json');

export const resolve = (specifier, context, next) => {
  const conditions = [...context.conditions, '@kstreams/source'];
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    const source = new URL(`${specifier.slice(0, -3)}.ts`, context.parentURL);
    if (existsSync(fileURLToPath(source))) return { url: source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, { ...context, conditions });
};

export const load = (url, context, next) => {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const fileName = fileURLToPath(url);
  const text = readFileSync(fileName, 'utf8');
  const place = `${kept}${createHash('sha1').update(version).update(fileName).update(text).digest('hex')}.js`;
  const source = existsSync(place) ? readFileSync(place, 'utf8') : keep(place, transpile(fileName, text));
  return { format: 'module', source, shortCircuit: true };
};

const transpile = (fileName, text) => {
  const ts = require('typescript');
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, inlineSourceMap: true };
  return ts.transpileModule(text, { fileName, compilerOptions }).outputText;
};

/** Writes a file and renames it into place, since other processes may read it at the same time. */
const keep = (place, text) => {
  const part = `${place}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, place);
  return text;
};
