import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** A case as stored in its file: of a run with steps, or of a topology's structure. */
export type AnyCase = { readonly name: string; readonly kind?: string } & Readonly<Record<string, unknown>>;

/** The cases in this repository. */
export const ownVectors = new URL('./vectors', import.meta.url).pathname;

/** Reads the cases of all files of a folder, `.json` or `.json.br`. */
export const readVectors = (folder: string): readonly AnyCase[] =>
  readdirSync(folder)
    .filter((name) => /\.json(\.br)?$/.test(name))
    .sort()
    .flatMap((name) => {
      const bytes = readFileSync(join(folder, name));
      const { cases } = JSON.parse((name.endsWith('.br') ? brotliDecompressSync(bytes) : bytes).toString('utf8'));
      return (cases ?? []) as AnyCase[];
    });
