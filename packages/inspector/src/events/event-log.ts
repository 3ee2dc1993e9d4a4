import { type Clock, messageOf } from '@kstreams/core/graph';
import type { AppEvent, StartedApplication } from '@kstreams/runtime';
import type { EventBody, TimelineBody } from '../protocol.js';

/** The events that are kept, and the seconds of which commits are counted. */
const [keptEvents, keptSeconds] = [400, 600];

/** The kinds of events that a user should look at. */
const severe: ReadonlySet<string> = new Set([
  'failed',
  'lost',
  'fenced',
  'replaced',
  'rolled-back',
  'records-removed',
  'state-dropped',
  'state-without-offsets',
  'purge-failed',
  'extension-failed',
  'key-bytes-differ',
]);

/** The latest events of an application, and its commits per second. */
export class EventLog {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #subscription: { unsubscribe(): void };
  #events: readonly EventBody[] = [];
  /** The commits by second since 1970. */
  readonly #commits = new Map<number, number>();
  #number = 0;

  constructor({ events$ }: Pick<StartedApplication, 'events$'>, clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#subscription = events$.subscribe((event) => this.#add(event));
  }

  /** Returns the events and the commits, the oldest first. */
  read(): TimelineBody {
    return { now: this.#clock.now(), events: this.#events, commits: [...this.#commits] };
  }

  /** Ends the log. */
  close(): void {
    this.#subscription.unsubscribe();
  }

  #add(event: AppEvent): void {
    const at = this.#clock.now();
    if (event.kind === 'restore-progress') return;
    if (event.kind === 'committed') {
      this.#commit(Math.floor(at / 1_000));
      return;
    }
    const { kind, ...about } = event;
    const isRestore = kind === 'restore-started' || kind === 'restore-ended';
    const added: EventBody = {
      number: ++this.#number,
      at,
      kind,
      text: textOf(about),
      severe: severe.has(kind) || (kind === 'state' && event.state === 'failed'),
      ...(isRestore && { restore: `${event.store}-${event.partition}` }),
    };
    this.#events = [...this.#events.slice(1 - keptEvents), added];
  }

  #commit(second: number): void {
    this.#commits.set(second, (this.#commits.get(second) ?? 0) + 1);
    for (const [old] of this.#commits) {
      if (this.#commits.size <= keptSeconds) return;
      this.#commits.delete(old);
    }
  }
}

/** Returns the members of an event as text. */
const textOf = (about: object): string =>
  Object.entries(about)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(' · ');

const valueText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(valueText).join(', ') || 'none';
  if (value instanceof Error) return messageOf(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const { partition, topic, ...others } = value as { topic?: unknown; partition?: unknown };
  const place = typeof topic === 'string' && partition !== undefined ? [`${topic}-${partition}`] : [];
  const rest = place.length === 0 ? value : others;
  return [...place, ...Object.entries(rest).map(([name, one]) => `${name} ${valueText(one)}`)].join(' ');
};
