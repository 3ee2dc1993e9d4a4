/**
 * Freezes a value and everything in it, so that code that changes a value it does not own throws at once. Bytes and
 * other views of buffers cannot be frozen.
 */
export const deepFreeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
};
