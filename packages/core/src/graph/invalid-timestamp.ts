/**
 * Returns the error for a timestamp that is not a safe integer. Timestamps are checked where they enter, so that no clock
 * and no row ever has another one.
 */
export const invalidTimestamp = (what: string, timestamp: unknown): RangeError => {
  const shown = typeof timestamp === 'string' ? JSON.stringify(timestamp) : String(timestamp);
  return new RangeError(`${what} is ${shown}: use whole milliseconds since 1970, rounded if necessary`);
};
