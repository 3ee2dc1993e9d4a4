import { type Plan, positionId, type Received, StateError, type Transport } from '@kstreams/core/graph';
import { latestOf, partitionsOf, readAll } from '../log-contents.js';
import type { Outcome, SimulationOptions } from '../options.js';
import type { Disk } from '../process/disk.js';
import { replay } from '../replay/replay.js';
import { diskMismatch } from './disk-mismatch.js';
import type { InvariantChecker } from './invariant-checker.js';
import { outputMismatch } from './output-mismatch.js';

/** The state of a finished simulation. */
export interface FinishedSimulation {
  readonly seed: number;
  readonly plan: Plan;
  readonly log: Transport;
  readonly invariants: InvariantChecker;
  readonly disks: readonly Disk[];
  readonly globals: readonly Received[];
  readonly options: SimulationOptions;
}

/**
 * Throws when the final state breaks a guarantee. A disk that is up to date equals its changelogs, unless, with
 * at-least-once, a process without the task wrote to them. With exactly-once, output, changelogs and disks equal those of a
 * replay of the committed steps. Runs the user's check last.
 */
export const checkOutcome = async (finished: FinishedSimulation): Promise<void> => {
  const { disks, globals, log, options, plan, seed, invariants } = finished;
  const admin = await log.admin();
  const topics = await admin.topics();
  const everywhere = await partitionsOf(admin);
  const reader = await log.consumer({ clientId: 'check' });
  const starts = await reader.offsets(everywhere, 'earliest');
  const records = await readAll(
    log,
    everywhere.map((one, i) => ({ ...one, offset: starts[i] ?? 0 })),
  );
  const exactly = options.guarantee === 'exactly-once';
  const { commits, complete } = invariants.history;
  const replayed = exactly && complete ? await replay({ plan, topics, commits, globals }) : undefined;
  const problem =
    (replayed && outputMismatch(plan, records, replayed, invariants)) ??
    (exactly || !invariants.overwritten
      ? await diskMismatch({ plan, topics, records, disks, replayed, isLoading: options.isLoading })
      : undefined);
  if (problem !== undefined) throw new StateError(problem);
  await options.check?.(outcomeOf(seed, records, plan, invariants));
};

const outcomeOf = (seed: number, records: readonly Received[], plan: Plan, invariants: InvariantChecker): Outcome => ({
  seed,
  read: ({ key: keys, name, value: values }) =>
    records
      .filter(({ topic }) => topic === name)
      .map((one) => ({
        key: one.key === null ? null : keys.decode(one.key, one),
        value: one.value === null ? null : values.decode(one.value, one),
        timestamp: one.timestamp,
        partition: one.partition,
        offset: one.offset,
      })),
  changelog: (store) => latestOf(records.filter(({ topic }) => topic === `${plan.name}-${store}-changelog`)),
  overwritten: invariants.overwritten,
  processed: (position) => invariants.processed.get(positionId(position)) ?? 0,
});
