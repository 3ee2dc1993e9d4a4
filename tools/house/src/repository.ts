import { parseSource, type Source } from './source.js';

/** One Markdown page, with its path from the repository's root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** The files that the rules look at. */
export interface Repository {
  readonly sources: readonly Source[];
  readonly pages: readonly Page[];
  /** The folders below `packages` that hold a package. */
  readonly packages: readonly string[];
}

/** Sorts files, given as text by path, into a repository. */
export const repositoryOf = (files: Readonly<Record<string, string>>): Repository => {
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sources: entries.flatMap(([path, text]) => (path.endsWith('.ts') ? [parseSource(path, text)] : [])),
    pages: entries.flatMap(([path, text]) => (path.endsWith('.md') ? [{ path, text }] : [])),
    packages: entries.flatMap(([path]) => /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1] ?? []),
  };
};
