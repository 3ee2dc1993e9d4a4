/** Stateful stream processing for TypeScript. */
export {};
