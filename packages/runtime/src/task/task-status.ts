import type { TaskParts } from './task-parts.js';

/** The reason for which a task is blocked until it is woken. */
export type BlockReason =
  /** No record is waiting. */
  | 'no-records'
  /** Calls have to end before more records are taken in. */
  | 'calls'
  /** A commit has to come first. */
  | 'commit'
  /** A value is being loaded, such as a row of a slow backend. */
  | 'loading'
  /** The application is paused. */
  | 'paused';

/** The status of a task: it has work, has none before the monotonic time `until` in ms, or is blocked until it is woken. */
export type TaskStatus =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting'; readonly until: number }
  | { readonly kind: 'blocked'; readonly reason: BlockReason };

/** The status of a task with work. */
const ready: TaskStatus = { kind: 'ready' };

/** Returns the status of a task without work before `until`; `ready` if that is past. */
const waitingUntil = (until: number, now: number): TaskStatus => (until <= now ? ready : { kind: 'waiting', until });

/** The status for each reason, created once. */
const blocked: Readonly<Record<BlockReason, TaskStatus>> = {
  'no-records': { kind: 'blocked', reason: 'no-records' },
  calls: { kind: 'blocked', reason: 'calls' },
  commit: { kind: 'blocked', reason: 'commit' },
  loading: { kind: 'blocked', reason: 'loading' },
  paused: { kind: 'blocked', reason: 'paused' },
};

/** Returns the status of a task at a monotonic time `now`. */
export const taskStatus = (parts: TaskParts, paused: boolean, now: number, wall: number): TaskStatus => {
  const { group, intake, parkedRecords, processor, punctuator, stages } = parts;
  if (processor.parked) return blocked.loading;
  if (processor.retryAt > now) return waitingUntil(processor.retryAt, now);
  if (intake.hasResults || parkedRecords?.ready !== undefined || stages?.hasLateClocks === true) return ready;
  if (paused) return blocked.paused;
  if (intake.gated) return blocked.commit;
  const due = now + punctuator.queues.dueIn(wall, now);
  if (group.length === 0) {
    const loading = (parkedRecords?.count ?? 0) > 0;
    const { catchUp, idle } = punctuator;
    return blockedUntil(
      Math.min(due, idle.due, now + catchUp.dueIn(wall, now)),
      now,
      loading ? 'loading' : 'no-records',
    );
  }
  if (parkedRecords?.full === true) return blockedUntil(due, now, 'loading');
  if (isFull(parts)) return blockedUntil(due, now, 'calls');
  return group.next(now) === undefined ? waitingUntil(Math.min(due, group.nextAt(now)), now) : ready;
};

const blockedUntil = (due: number, now: number, reason: BlockReason): TaskStatus =>
  due === Number.POSITIVE_INFINITY ? blocked[reason] : waitingUntil(due, now);

/** True when a waiting record may not be taken in until calls have ended. */
const isFull = ({ group, intake, stages }: TaskParts): boolean => {
  if (stages === undefined) return false;
  for (const queue of group.queues.values()) if (queue.length > 0 && intake.closed(queue.tracked)) return true;
  return false;
};
