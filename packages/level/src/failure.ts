import { messageOf } from '@kstreams/core/graph';

/** Errors of the operating system, by the text that Level has of them, with a remedy. */
const systemErrors = [
  ['No space left on device', 'ENOSPC', 'free some space'],
  ['Disk quota exceeded', 'EDQUOT', 'free some space'],
  ['File too large', 'EFBIG', 'raise the limit of file sizes'],
  ['Read-only file system', 'EROFS', 'mount it for writing'],
  ['Too many open files', 'EMFILE', 'raise the limit of open files'],
  ['Permission denied', 'EACCES', 'check its permissions'],
  ['Input/output error', 'EIO', 'check the disk'],
] as const;

/** Returns the first cause of an error of Level. */
export const causeOf = (thrown: unknown): unknown => {
  const { cause } = (thrown ?? {}) as { cause?: unknown };
  return cause === undefined ? thrown : causeOf(cause);
};

/** Returns the reason of an error of Level: its first cause, with the system's code and a remedy where one is known. */
export const reasonFor = (thrown: unknown): string => {
  const reason = messageOf(causeOf(thrown));
  const [, code, remedy] = systemErrors.find(([text]) => reason.includes(text)) ?? [];
  return code === undefined ? reason : `${reason} (${code}): ${remedy}`;
};

/** True when another opener holds the database. */
export const isLocked = (thrown: unknown): boolean => (causeOf(thrown) as { code?: unknown })?.code === 'LEVEL_LOCKED';
