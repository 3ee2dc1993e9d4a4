import { type Change, change } from '../../graph/change.js';
import type { Context } from '../../graph/context.js';
import { record } from '../../graph/record.js';
import type { Row } from '../../graph/store.js';

/** Returns a function that forwards the delete of a row that has ended, with the instant of its end as the timestamp. */
export const forwardDelete =
  <K, V>({ forward }: Context<K, Change<V>>) =>
  (key: K, { value }: Row<V>, at: number): void =>
    forward(record(key, change<V>(value, undefined), at, []));
