import { murmur2, toUtf8 } from '@kstreams/core/graph';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Returns 24 bits of a hash of a text, as four characters. */
export const shortHash = (text: string): string => {
  const hash = murmur2(toUtf8(text));
  return [18, 12, 6, 0].map((shift) => digits[(hash >>> shift) & 63]).join('');
};
