import { type Plan, positionId, type Received, StateError, type Transport } from '@kstreams/core/graph';
import { latestOf, partitionsOf, readAll } from '../log-contents.js';
import type { Outcome, SimulationOptions } from '../options.js';
import type { Disk } from '../process/disk.js';
import { replay } from '../replay/replay.js';
import { diskProblem } from './disk-check.js';
import type { InvariantChecker } from './invariant-checker.js';
import { outputProblem } from './output-check.js';

/** What is looked at when all is over. */
export interface VerdictOptions {
  readonly seed: number;
  readonly plan: Plan;
  readonly log: Transport;
  readonly invariants: InvariantChecker;
  readonly disks: readonly Disk[];
  readonly globals: readonly Received[];
  readonly options: SimulationOptions;
}

/**
 * The laws of the end. A disk that is up to date holds what the changelogs hold, unless, at least once, a process that had
 * lost its place wrote to them. Exactly once, the output, the changelogs and the disks are those of a replay of the
 * committed work. Then the laws of the user.
 */
export const checkOutcome = async (verdict: VerdictOptions): Promise<void> => {
  const { disks, globals, log, options, plan, seed, invariants } = verdict;
  const admin = await log.admin();
  const topics = await admin.topics();
  const everywhere = await partitionsOf(admin);
  const reader = await log.consumer({ clientId: 'verdict' });
  const starts = await reader.offsets(everywhere, 'earliest');
  const records = await readAll(
    log,
    everywhere.map((one, i) => ({ ...one, offset: starts[i] ?? 0 })),
  );
  const exactly = options.guarantee === 'exactly-once';
  const { batches, complete } = invariants.history;
  const replayed = exactly && complete ? await replay({ plan, topics, history: batches, globals }) : undefined;
  const problem =
    (replayed && outputProblem(plan, records, replayed, invariants)) ??
    (exactly || !invariants.overwritten ? await diskProblem({ plan, topics, records, disks, replayed }) : undefined);
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
