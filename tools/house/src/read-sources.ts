import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSource, type Source } from './source.js';

const closed = new Set(['node_modules', 'dist', 'coverage', '.turbo']);

const pathsUnder = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return closed.has(entry.name) ? [] : pathsUnder(root, path);
    return /(?<!\.d)\.ts$/.test(entry.name) ? [path] : [];
  });

/** Every TypeScript file that people wrote, of the repository at `root`. */
export const readSources = (root: string): Source[] =>
  ['packages', 'examples', 'bench', 'tools']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => pathsUnder(root, folder))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
