/**
 * Freezes a value and everything in it, so that code that changes a value it does not own throws at once. Bytes and
 * other views of buffers cannot be frozen.
 */
export const deepFreeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
};

/** Wraps a store so that it freezes the values put into it, since it returns the same objects again. */
export const freezePuts = (store: unknown): void => {
  const puts = store as { put?: (...row: unknown[]) => unknown };
  const put = puts.put?.bind(store);
  if (put === undefined) return;
  puts.put = (...row) => {
    for (const part of row) deepFreeze(part);
    return put(...row);
  };
};
