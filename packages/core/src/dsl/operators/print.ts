import type { Operator } from '../operator.js';
import { forEach } from './peek.js';

/** How records are printed. */
export interface PrintOptions<in K, in V> {
  /** What each line begins with. */
  readonly label?: string;
  /** The text of a record; key and value unless set. */
  readonly format?: (value: V, key: K) => string;
  /** Where lines go; the console unless set. */
  readonly to?: (line: string) => void;
}

/**
 * Prints each record as a line, `[label]: key, value`; the chain ends here.
 *
 * @example
 * orders.print({ label: 'orders' })
 */
export const print = <K, V>(options: PrintOptions<K, V> = {}): Operator<K, V, never, never> => {
  const { format = inWords, label, to = console.log } = options;
  const start = label === undefined ? '' : `[${label}]: `;
  return { ...forEach<K, V>((value, key) => to(start + format(value, key))), name: 'print', callback: options.format };
};

const inWords = (value: unknown, key: unknown): string => `${shown(key)}, ${shown(value)}`;

const shown = (value: unknown): string =>
  typeof value === 'object'
    ? JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part))
    : `${value}`;
