/** The conditions of joins. */
export { by } from './by.js';
export { byKey } from './by-key.js';
export { type Within, type WithinOptions, within } from './within.js';
