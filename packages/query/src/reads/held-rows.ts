import type { Clock } from '@kstreams/core/graph';
import type { HeldRows, LocalStore, StoreCopy } from '@kstreams/runtime';
import type { StaleBody } from '../protocol/bodies.js';
import { unavailable } from '../service/problem.js';
import type { StaleBound } from './query.js';

/** The rows of some partitions in this process. */
export interface Held {
  readonly rows: readonly HeldRows[];
  /** The copies among them. */
  readonly stale: readonly StaleBody[];
}

/**
 * Resolves to the rows of some partitions: those of running tasks, else copies within a bound.
 *
 * @throws Problem when neither is here.
 */
export const heldRows = async (
  store: LocalStore,
  partitions: readonly number[],
  bound: StaleBound | undefined,
  clock: Pick<Clock, 'now'>,
): Promise<Held> => {
  const rows: HeldRows[] = [];
  const stale: StaleBody[] = [];
  for (const partition of partitions) {
    const one = store.openIn(partition) ?? (bound && store.copy(partition));
    if (one === undefined)
      throw unavailable(
        `partition ${partition} of the store is not in this process now: it moves or is being restored`,
      );
    rows.push(one);
    if (isCopy(one)) stale.push(await within(store, one, bound as StaleBound, clock));
  }
  return { rows, stale };
};

/**
 * Checks that copies were not replaced while they were read.
 *
 * @throws Problem when one was.
 */
export const checkUnchanged = (store: LocalStore, { rows }: Held): void => {
  for (const one of rows) {
    if (isCopy(one) && store.copy(one.partition) !== one)
      throw unavailable(`the copy of partition ${one.partition} was replaced while it was read: try again`);
  }
};

/** True for a copy. */
export const isCopy = (one: HeldRows): one is StoreCopy => !('rows' in one);

/** Resolves to the distance of a copy, which is not more than the bound. Rows that are read later are not older. */
const within = async (
  store: LocalStore,
  copy: StoreCopy,
  bound: StaleBound,
  clock: Pick<Clock, 'now'>,
): Promise<StaleBody> => {
  const { completeAt, lag, partition } = copy;
  const staleness = completeAt === undefined ? undefined : Math.max(0, clock.now() - completeAt);
  const exceeds = (most: number | undefined, value = Number.POSITIVE_INFINITY): boolean =>
    most !== undefined && value > most;
  if (exceeds(bound.staleness, staleness) || exceeds(bound.lag, lag)) {
    const behind = [
      lag === undefined ? 'an unknown number of offsets' : `${lag} offsets`,
      staleness === undefined ? 'for an unknown time' : `for at most ${staleness} ms`,
    ];
    throw unavailable(`the copy of partition ${partition} is behind by ${behind.join(', ')}: try again, or allow more`);
  }
  const position = await store.copyPosition(copy);
  return {
    partition,
    ...(position !== undefined && { position }),
    ...(lag !== undefined && { lag }),
    ...(staleness !== undefined && { staleness }),
  };
};
