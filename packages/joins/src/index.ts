/** The conditions of joins. */
export * from './by.js';
export * from './by-key.js';
export * from './within.js';
