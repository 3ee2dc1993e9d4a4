import { type OptionChecks, option } from '../../graph/option.js';
import { refusePromise } from '../../graph/promise.js';
import type { Operator } from '../operator.js';
import { type Named, namedChecks } from '../options.js';
import { forEach } from './peek.js';

/** The options of `print`. */
export interface PrintOptions<in K, in V> {
  /** The text in brackets before each line; none unless set. */
  readonly label?: string;
  /** Returns the line of a record; key and value unless set. */
  readonly format?: (value: V, key: K) => string;
  /** Writes a line; `console.log` unless set. */
  readonly to?: (line: string) => void;
}

/** The checks of {@link PrintOptions}. */
export const printChecks: OptionChecks<Named & PrintOptions<unknown, unknown>> = {
  ...namedChecks,
  label: option.text,
  format: option.fn,
  to: option.fn,
};

/**
 * Prints each record as a line, `[label]: key, value`, and ends the chain.
 *
 * @example
 * orders.print({ label: 'orders' })
 */
export const print = <K, V>(options: PrintOptions<K, V> = {}): Operator<K, V, never, never> => {
  const { format = text, label, to = console.log } = options;
  const start = label === undefined ? '' : `[${label}]: `;
  return {
    ...forEach<K, V>((value, key) => refusePromise(to(start + format(value, key)), 'print')),
    name: 'print',
    callback: options.format,
  };
};

const text = (value: unknown, key: unknown): string => `${printed(key)}, ${printed(value)}`;

const printed = (value: unknown): string =>
  typeof value === 'object'
    ? JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part))
    : `${value}`;
