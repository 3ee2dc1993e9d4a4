import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A case as it stands in its file: of a run with steps, or of a topology's structure. */
export type AnyCase = { readonly name: string; readonly kind?: string } & Readonly<Record<string, unknown>>;

/** The cases that the project carries. */
export const ownVectors = new URL('./vectors', import.meta.url).pathname;

/** Reads the cases of all files of a folder, `.json` or `.json.gz`, whose names hold a text. */
export const readVectors = (folder: string, filter = ''): readonly AnyCase[] =>
  readdirSync(folder)
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .sort()
    .flatMap((name) => {
      const bytes = readFileSync(join(folder, name));
      const { cases } = JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
      return (cases ?? []) as AnyCase[];
    })
    .filter(({ name }) => name.includes(filter));
