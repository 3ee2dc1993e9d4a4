/** A folder with the documentation's programs as files, from which the compiler and Node resolve the packages. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './blocks.js';

/** The programs as files, in order, until they are removed. */
export interface Workspace {
  readonly folder: string;
  readonly files: readonly string[];
  remove(): void;
}

/** Writes programs to a new folder below the repository's `node_modules`, which no other tool reads. */
export const openWorkspace = (root: string, programs: readonly Program[]): Workspace => {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'docs-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  const files = programs.map(({ code }, at) => {
    const file = join(folder, `block-${at}.ts`);
    writeFileSync(file, code);
    return file;
  });
  return { folder, files, remove: () => rmSync(folder, { recursive: true }) };
};
