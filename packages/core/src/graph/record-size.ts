import type { Bytes } from './bytes.js';
import { StateError } from './errors.js';
import type { RecordHeaders } from './record.js';
import { toUtf8 } from './utf8.js';

/** The bytes of a record. */
export interface RecordBytes {
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: RecordHeaders;
}

/** The most bytes that the two lengths of a header take. */
const headerLengths = 10;

/** Returns the size of a record: the bytes of its key, value and headers, and ten bytes per header for its lengths. */
export const recordSize = ({ headers, key, value }: RecordBytes): number => {
  let size = (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, bytes] of headers) size += headerLengths + toUtf8(name).length + (bytes?.length ?? 0);
  return size;
};

/** Returns the error of a row that is too large for the changelog of its store. */
export const rowTooLarge = (store: string, size: number, limit: number): StateError =>
  new StateError(
    `store "${store}" cannot keep a row of ${size} bytes, since its changelog takes at most ${limit}: keep less under one ` +
      'key, or raise the limit of the log and its clients',
  );
