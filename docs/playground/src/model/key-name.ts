import type { DisplayValue } from '../run/messages.js';

/** Returns the text of a key by which it is followed; windows of a key have that of the key. */
export const keyName = ({ data, text }: DisplayValue): string => {
  if (typeof data !== 'object' || data === null || !('key' in data) || !('start' in data)) return text;
  const { key } = data as { readonly key: unknown };
  return typeof key === 'string' ? key : JSON.stringify(key);
};
