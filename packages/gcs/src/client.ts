/** Options of a write of `@google-cloud/storage`. */
export interface GcsWrite {
  readonly resumable: boolean;
  readonly validation: false;
  readonly contentType: string;
  readonly metadata: { readonly crc32c: string };
  readonly preconditionOpts?: { readonly ifGenerationMatch: number | string };
}

/** A file of `@google-cloud/storage`: the part that is used. */
export interface GcsFile {
  readonly name: string;
  readonly metadata: {
    readonly size?: string | number;
    readonly updated?: string;
    readonly generation?: string | number;
  };
  save(bytes: Uint8Array, options: GcsWrite): Promise<unknown>;
  download(options: { readonly start?: number; readonly end?: number }): Promise<readonly [Uint8Array]>;
  getMetadata(): Promise<readonly [GcsFile['metadata'], ...rest: readonly unknown[]]>;
  delete(): Promise<unknown>;
}

/** A page of a list: its files, and the query of the next page, if there is one. */
export type GcsPage = readonly [files: readonly GcsFile[], next?: object | null, ...rest: readonly unknown[]];

/** A bucket of `@google-cloud/storage`, as `storage.bucket(name)` returns it: the part that is used. */
export interface GcsBucket {
  readonly name: string;
  file(name: string, options?: { readonly generation?: string | number }): GcsFile;
  getFiles(query: object): Promise<GcsPage>;
}
