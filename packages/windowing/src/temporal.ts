import { Temporal as Polyfill } from 'temporal-polyfill';

/** Temporal: the engine's own where it has one, else the polyfill. */
export const Temporal: typeof Polyfill = (globalThis as { readonly Temporal?: typeof Polyfill }).Temporal ?? Polyfill;

/** A date without a time or a zone. */
export type PlainDate = Polyfill.PlainDate;
