import { Temporal as Polyfill } from 'temporal-polyfill';

/** `Temporal` of the JavaScript engine if it has one, else the polyfill. */
export const Temporal: typeof Polyfill = (globalThis as { readonly Temporal?: typeof Polyfill }).Temporal ?? Polyfill;

/** A date without time and time zone. */
export type PlainDate = Polyfill.PlainDate;
