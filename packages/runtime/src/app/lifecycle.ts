import { StateError } from '@kstreams/core/graph';
import { BehaviorSubject, filter, firstValueFrom, type Observable, ReplaySubject } from 'rxjs';
import { match } from 'ts-pattern';
import type { WorkerPhase } from '../worker/worker-options.js';
import type { AppEvent, AppState } from './events.js';

/** The number of events that a late subscriber receives; nothing can subscribe before the application has started. */
const replayed = 100;

/**
 * The state of an application, derived from the phases of its workers.
 *
 * ```text
 * created ─▶ rebalancing ◀─▶ running ─▶ closing ─▶ closed
 *    └────────────┴─────────────┴──────────┴─────▶ failed
 * ```
 */
export class Lifecycle {
  readonly #state$ = new BehaviorSubject<AppState>('created');
  readonly #events$ = new ReplaySubject<AppEvent>(replayed);
  readonly #phases = new Map<number, WorkerPhase>();

  get state(): AppState {
    return this.#state$.value;
  }

  get state$(): Observable<AppState> {
    return this.#state$.asObservable();
  }

  get events$(): Observable<AppEvent> {
    return this.#events$.asObservable();
  }

  /** Resolves when all workers run; rejects when the application ends first. */
  async running(): Promise<void> {
    const reached = this.#state$.pipe(filter((state) => state === 'running' || !isOpen(state)));
    const state = await firstValueFrom(reached, { defaultValue: this.state });
    if (state !== 'running')
      throw new StateError(`the application is ${state} before all its tasks ran: app.closed has the reason`);
  }

  /** Publishes an event. */
  emit(event: AppEvent): void {
    this.#events$.next(event);
  }

  /** Sets the phase of a worker. */
  worker(index: number, phase: WorkerPhase): void {
    if (this.#phases.get(index) === phase) return;
    this.#phases.set(index, phase);
    if (!isOpen(this.state)) return;
    const phases = [...this.#phases.values()];
    const all = phases.every((one) => one === 'running');
    const none = phases.every((one) => one === 'created');
    this.#go(all ? 'running' : none ? 'created' : 'rebalancing');
  }

  /** Enters `closing`, unless the application has ended. */
  closing(): void {
    if (isOpen(this.state)) this.#go('closing');
  }

  /** Enters `closed`, or `failed` with a failure, and completes the observables. */
  end(failure: { readonly error: unknown } | undefined): void {
    if (failure !== undefined) this.emit({ kind: 'failed', error: failure.error });
    this.#go(failure === undefined ? 'closed' : 'failed');
    this.#state$.complete();
    this.#events$.complete();
  }

  #go(state: AppState): void {
    if (state === this.state) return;
    this.#state$.next(state);
    this.emit({ kind: 'state', state });
  }
}

/** True before `closing`. */
const isOpen = (state: AppState): boolean =>
  match(state)
    .with('created', 'rebalancing', 'running', () => true)
    .with('closing', 'closed', 'failed', () => false)
    .exhaustive();
