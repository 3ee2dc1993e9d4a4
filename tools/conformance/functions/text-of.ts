/** A key or a value of the vectors; undefined if absent. */
export type Value = string | number | null | undefined;

/** Returns a value as text; `null` if absent. */
export const textOf = (value: Value): string => (value === null || value === undefined ? 'null' : String(value));
