/** A key or a value of the vectors, with undefined for what is not there. */
export type Value = string | number | null | undefined;

/** As it stands within other text: null for what is not there. */
export const shown = (value: Value): string => (value === null || value === undefined ? 'null' : String(value));
