import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Repository, repositoryOf } from './repository.js';

const skipped = new Set(['node_modules', 'dist', 'coverage', '.turbo', '.vitepress', 'reference']);
const read = /(?<!\.d)\.ts$|\.md$|^package\.json$|^LICENSE$/;

const pathsUnder = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : pathsUnder(root, path);
    return read.test(entry.name) ? [path] : [];
  });

/** Reads every TypeScript file, Markdown page package manifest and license written by hand, from the repository at `root`. */
export const readRepository = (root: string): Repository => {
  const folders = ['packages', 'examples', 'bench', 'tools', 'docs', '.github'].filter((folder) =>
    existsSync(join(root, folder)),
  );
  const paths = [
    ...['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json'].filter((path) => existsSync(join(root, path))),
    ...folders.flatMap((folder) => pathsUnder(root, folder)),
  ];
  return repositoryOf(Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])));
};
