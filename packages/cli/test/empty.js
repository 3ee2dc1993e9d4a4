/** Exports no topology. */
export const answer = 42;
