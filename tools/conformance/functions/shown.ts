/** A key or a value of the vectors; undefined if absent. */
export type Value = string | number | null | undefined;

/** Returns the value as part of other text: null if absent. */
export const shown = (value: Value): string => (value === null || value === undefined ? 'null' : String(value));
