/** The bytes that a client adds to the key, value and headers of a record when it compares them with the limit. */
export const recordOverhead = 36;
