import type { AsyncStage, Clock, NodeId, Telemetry } from '@kstreams/core/graph';
import { instruments } from '../telemetry/instruments.js';
import { ConcurrencyLimiter } from './concurrency-limiter.js';

/** Limits shared by all tasks of this process: the calls of each stage, and the records of each task. */
export class CallLimits {
  /** Maximum number of records in flight per task; lowered after calls took too long for a transaction. */
  maxInFlight = Number.POSITIVE_INFINITY;
  /** Maximum number of records per task and commit; lowered after timers before a commit took too long for a transaction. */
  maxPerCommit = Number.POSITIVE_INFINITY;
  readonly #limiters = new Map<NodeId, ConcurrencyLimiter>();
  readonly #telemetry: Telemetry | undefined;

  constructor(telemetry?: Telemetry) {
    this.#telemetry = telemetry;
  }

  /** Returns the limiter of a stage. */
  limiter(node: NodeId, { concurrency, perSecond }: AsyncStage, clock: Clock): ConcurrencyLimiter {
    const shared = this.#limiters.get(node);
    if (shared !== undefined) return shared;
    const limiter = new ConcurrencyLimiter(concurrency, perSecond, clock);
    this.#limiters.set(node, limiter);
    this.#telemetry?.gauge(instruments.callsInFlight, { 'kstreams.node': node }, () => limiter.used);
    return limiter;
  }

  /** Lowers `maxInFlight` to a quarter of `inFlight`, and `maxPerCommit` to one of `perCommit`; 0 was not too large. */
  lower(inFlight: number, perCommit: number): void {
    this.maxInFlight = lowered(this.maxInFlight, inFlight);
    this.maxPerCommit = lowered(this.maxPerCommit, perCommit);
  }

  /** Doubles `maxPerCommit`, and `maxInFlight` after calls have `drained`. */
  raise(drained: boolean): void {
    if (drained) this.maxInFlight *= 2;
    this.maxPerCommit *= 2;
  }
}

const lowered = (limit: number, tooLarge: number): number =>
  tooLarge === 0 ? limit : Math.max(1, Math.floor(Math.min(tooLarge, limit) / 4));
