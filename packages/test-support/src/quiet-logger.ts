import type { Logger } from '@kstreams/runtime';

/** A logger that writes nothing. */
export const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
