import type { Cancel } from '@kstreams/core/graph';
import type { RestoreEvent } from '../restore/restore-event.js';
import { instruments } from '../telemetry/instruments.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { AppEvent } from './events.js';

/** A restore that has started and not ended. */
interface Restore {
  restored: number;
  remaining: number;
  readonly remove: Cancel | undefined;
}

/** Counts the events of workers and restores. */
export class EventMetrics {
  readonly #metrics: Metrics;
  readonly #restores = new Map<string, Restore>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** Counts an event; events of other kinds are ignored. */
  count(event: AppEvent): void {
    const { commits, rebalances, restarts } = this.#metrics;
    switch (event.kind) {
      case 'committed':
        commits.of({ 'kstreams.worker': event.worker }).total++;
        return;
      case 'assigned':
      case 'revoked':
      case 'lost':
        rebalances.of({ 'kstreams.worker': event.worker, 'kstreams.rebalance.kind': event.kind }).total++;
        return;
      case 'fenced':
      case 'replaced':
      case 'replanned':
      case 'rolled-back':
        restarts.of({ 'kstreams.worker': event.worker, 'kstreams.restart.kind': event.kind }).total++;
        return;
      case 'restore-started':
        this.#started(event);
        return;
      case 'restore-progress':
        this.#proceeded(event, event.restored, event.to - event.at);
        return;
      case 'restore-ended':
        this.#proceeded(event, event.restored, 0);
        this.#restores.get(idOf(event))?.remove?.();
        this.#restores.delete(idOf(event));
        return;
      default:
    }
  }

  #started(event: RestoreEvent & { readonly kind: 'restore-started' }): void {
    const { from, partition, store, to } = event;
    const attributes = { 'kstreams.store': store, 'messaging.destination.partition.id': String(partition) };
    const restore: Restore = {
      restored: 0,
      remaining: to - from,
      remove: this.#metrics.telemetry?.gauge(instruments.restoreRemaining, attributes, () => restore.remaining),
    };
    this.#restores.set(idOf(event), restore);
  }

  #proceeded(event: RestoreEvent, restored: number, remaining: number): void {
    const restore = this.#restores.get(idOf(event));
    if (restore === undefined) return;
    this.#metrics.restored.of({ 'kstreams.store': event.store }).total += restored - restore.restored;
    restore.restored = restored;
    restore.remaining = Math.max(0, remaining);
  }
}

const idOf = ({ partition, store }: RestoreEvent): string => `${store}/${partition}`;
