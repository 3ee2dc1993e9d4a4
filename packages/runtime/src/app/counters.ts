import type { DropReason } from '@kstreams/core/graph';
import type { Observable } from 'rxjs';
import type { AppEvent } from './events.js';

/** The numbers behind `app.counts` and `app.drops`. */
export class Counters {
  readonly counts = { processed: 0, restored: 0, commits: 0 };
  /** The number of dropped records by `<node> <reason>`. */
  readonly drops = new Map<string, number>();

  constructor(events$: Observable<AppEvent>) {
    events$.subscribe((event) => {
      if (event.kind === 'restore-ended') this.counts.restored += event.restored;
      if (event.kind === 'committed') this.counts.commits++;
    });
  }

  /** Counts processed records. */
  readonly processed = (records: number): void => {
    this.counts.processed += records;
  };

  /** Counts a dropped record. */
  readonly dropped = (node: string, reason: DropReason): void => {
    const key = `${node} ${reason}`;
    this.drops.set(key, (this.drops.get(key) ?? 0) + 1);
  };
}
