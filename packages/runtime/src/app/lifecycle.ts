import { StateError } from '@kstreams/core/graph';
import { BehaviorSubject, filter, firstValueFrom, type Observable, ReplaySubject } from 'rxjs';
import { match } from 'ts-pattern';
import type { WorkerPhase } from '../worker/worker-options.js';
import type { AppEvent, AppState } from './events.js';

/** How many events are told again to who comes late: nobody can listen before the application has started. */
const replayed = 100;

/**
 * Where an application stands, from where its workers stand.
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

  /** Resolves when all workers run; rejects when the application ends before. */
  async running(): Promise<void> {
    const reached = this.#state$.pipe(filter((state) => state === 'running' || !isOpen(state)));
    const state = await firstValueFrom(reached, { defaultValue: this.state });
    if (state !== 'running') throw new StateError(`the application is ${state} and did not come to run`);
  }

  /** Tells of an event. */
  emit(event: AppEvent): void {
    this.#events$.next(event);
  }

  /** A worker stands there now. */
  worker(index: number, phase: WorkerPhase): void {
    if (this.#phases.get(index) === phase) return;
    this.#phases.set(index, phase);
    if (!isOpen(this.state)) return;
    const phases = [...this.#phases.values()];
    const all = phases.every((one) => one === 'running');
    const none = phases.every((one) => one === 'created');
    this.#go(all ? 'running' : none ? 'created' : 'rebalancing');
  }

  /** Closing has begun. */
  closing(): void {
    if (isOpen(this.state)) this.#go('closing');
  }

  /** All is over; observables complete. */
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

/** True until closing begins. */
const isOpen = (state: AppState): boolean =>
  match(state)
    .with('created', 'rebalancing', 'running', () => true)
    .with('closing', 'closed', 'failed', () => false)
    .exhaustive();
