/** Returns the key that a user typed: JSON, or the text itself where it is none. A text that looks like JSON needs quotes. */
export const keyOf = (typed: string): unknown => {
  try {
    return JSON.parse(typed);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return typed;
    throw thrown;
  }
};

/** Returns the instant that a user typed, in ms or as a date; undefined for an empty text or one that is neither. */
export const instantOf = (typed: string): number | undefined => {
  const text = typed.trim();
  if (text === '') return undefined;
  const instant = /^-?\d+$/.test(text)
    ? Number(text)
    : Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(instant) ? undefined : instant;
};
