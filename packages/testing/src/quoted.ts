/** Returns names for a message: `"a", "b"`, or `none`. */
export const quoted = (names: readonly (string | undefined)[]): string =>
  names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');
