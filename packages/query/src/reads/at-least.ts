import type { Clock, Isolation } from '@kstreams/core/graph';
import type { HeldRows, LocalStore } from '@kstreams/runtime';
import { Problem } from '../service/problem.js';
import { type Held, isCopy } from './held-rows.js';

/** A record that a read must include. */
export interface RecordPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The time between two looks at a position, in ms. */
const pause = 5;

/**
 * Returns the records of a text such as `orders:0:17,orders:3:4`.
 *
 * @throws Problem for any other text.
 */
export const recordPositions = (text: string | undefined): readonly RecordPosition[] =>
  (text === undefined ? [] : text.split(',')).map((one) => {
    const [, topic, partition, offset] = /^([\w.-]{1,249}):(\d{1,9}):(\d{1,15})$/.exec(one) ?? [];
    if (topic !== undefined) return { topic, partition: Number(partition), offset: Number(offset) };
    throw new Problem('bad-request', 'the parameter "at-least" is not of the form topic:partition:offset');
  });

/**
 * Resolves to the rows of a store once they include some records. A record is looked for in the partition of
 * its own number, which is the one that reads it.
 *
 * @throws Problem when a partition leaves this process, or its task does not read the topic of a record.
 */
export const openAtLeast = async (
  store: LocalStore,
  open: () => Promise<Held>,
  { atLeast, isolation }: { readonly atLeast: readonly RecordPosition[]; readonly isolation: Isolation | undefined },
  clock: Pick<Clock, 'after'>,
  signal: AbortSignal,
): Promise<Held> => {
  const isReached = (one: HeldRows, { offset, topic }: RecordPosition): boolean => {
    const position = isCopy(one) ? undefined : store.position(one, topic, isolation);
    if (position !== undefined) return position > offset;
    throw new Problem('bad-request', `the task of this store does not read the topic "${topic}"`);
  };
  for (;;) {
    const held = await open();
    const needed = held.rows.flatMap((one) =>
      atLeast.filter(({ partition }) => partition === one.partition).map((record) => [one, record] as const),
    );
    if (needed.every(([one, record]) => isReached(one, record))) return held;
    await new Promise<void>((resolve) => clock.after(pause, resolve));
    signal.throwIfAborted();
  }
};
