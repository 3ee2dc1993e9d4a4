import { parseSource, type Source } from './source.js';

/** One text file, with its path from the repository's root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** The files that the rules look at. */
export interface Repository {
  readonly sources: readonly Source[];
  readonly pages: readonly Page[];
  /** The `package.json` files. */
  readonly manifests: readonly Page[];
  /** The `LICENSE` files. */
  readonly licenses: readonly Page[];
  /** The folders below `packages` that hold a package. */
  readonly packages: readonly string[];
}

/** Sorts files, given as text by path, into a repository. */
export const repositoryOf = (files: Readonly<Record<string, string>>): Repository => {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const named = (end: RegExp): Page[] => entries.flatMap(([path, text]) => (end.test(path) ? [{ path, text }] : []));
  return {
    sources: entries.flatMap(([path, text]) => (path.endsWith('.ts') ? [parseSource(path, text)] : [])),
    pages: named(/\.md$/),
    manifests: named(/(^|\/)package\.json$/),
    licenses: named(/(^|\/)LICENSE$/),
    packages: entries.flatMap(([path]) => /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1] ?? []),
  };
};
