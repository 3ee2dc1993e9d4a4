/**
 * Freezes a value and all it holds, so that code which changes what it was only given throws at once. Bytes and other
 * views of buffers cannot be frozen and are left as they are.
 */
export const deepFreeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
};

/** Lets a store freeze what is put into it, since it hands the same value out again. */
export const freezePuts = (store: unknown): void => {
  const puts = store as { put?: (...row: unknown[]) => unknown };
  const put = puts.put?.bind(store);
  if (put === undefined) return;
  puts.put = (...row) => {
    for (const part of row) deepFreeze(part);
    return put(...row);
  };
};
