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

/** The status of a task: it has work, has none before `until` in ms, or is blocked until it is woken. */
export type TaskStatus =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waiting'; readonly until: number }
  | { readonly kind: 'blocked'; readonly reason: BlockReason };

/** The status of a task with work. */
export const ready: TaskStatus = { kind: 'ready' };

/** Returns the status of a task without work before `until`; `ready` if that is past. */
export const waitingUntil = (until: number, now: number): TaskStatus =>
  until <= now ? ready : { kind: 'waiting', until };

/** The status for each reason, created once. */
export const blocked: Readonly<Record<BlockReason, TaskStatus>> = {
  'no-records': { kind: 'blocked', reason: 'no-records' },
  calls: { kind: 'blocked', reason: 'calls' },
  commit: { kind: 'blocked', reason: 'commit' },
  loading: { kind: 'blocked', reason: 'loading' },
  paused: { kind: 'blocked', reason: 'paused' },
};
