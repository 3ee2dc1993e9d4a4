import type { ProcessTimeline } from '../../src/protocol.js';

/** A restore of one partition of a store. */
export interface RestoreSpan {
  readonly name: string;
  /** In ms; that of the window where it began before. */
  readonly from: number;
  /** In ms; the present for one that goes on. */
  readonly to: number;
}

/** A mark of an event. */
export interface Mark {
  readonly at: number;
  readonly kind: string;
  readonly severe: boolean;
}

/** The lanes of a process between two instants. */
export interface Lanes {
  readonly commits: readonly { readonly at: number; readonly count: number }[];
  readonly restores: readonly RestoreSpan[];
  readonly marks: readonly Mark[];
}

/** Returns the lanes of a process in the last `span` ms. */
export const lanesOf = ({ commits, events, now }: ProcessTimeline, span: number): Lanes => {
  const from = now - span;
  const begun = new Map<string, number>();
  const restores: RestoreSpan[] = [];
  for (const { at, kind, restore } of events) {
    if (restore === undefined) continue;
    if (kind === 'restore-started') begun.set(restore, at);
    else {
      restores.push({ name: restore, from: begun.get(restore) ?? from, to: at });
      begun.delete(restore);
    }
  }
  for (const [name, at] of begun) restores.push({ name, from: at, to: now });
  return {
    commits: commits.map(([second, count]) => ({ at: second * 1_000, count })).filter(({ at }) => at >= from),
    restores: restores.filter(({ to }) => to >= from).map((one) => ({ ...one, from: Math.max(from, one.from) })),
    marks: events
      .filter(({ at, restore }) => restore === undefined && at >= from)
      .map(({ at, kind, severe }) => ({ at, kind, severe })),
  };
};
