import type { Clock, Histogram, Telemetry } from '@kstreams/core/graph';
import type { Task } from '../task/task.js';
import { instruments } from '../telemetry/instruments.js';
import { secondsOf } from './worker-times.js';

/** The part of a task that a sampler uses. */
export type SampledTask = Pick<Task, 'process' | 'source' | 'subtopology'>;

/** The histograms of one sub-topology. */
interface Latencies {
  readonly process: Histogram;
  readonly record: Histogram;
}

/** Measures the first record of each burst: the clock is read for one record in a burst, not for every one. */
export class LatencySampler {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #system: string;
  readonly #latencies = new Map<number, Latencies>();

  constructor(telemetry: Telemetry, system: string, clock: Clock) {
    this.#telemetry = telemetry;
    this.#system = system;
    this.#clock = clock;
  }

  /** Processes at most `max` records of a task and measures the first. Returns how many. */
  process(task: SampledTask, max: number): number {
    const started = secondsOf(this.#clock);
    const first = task.process(1);
    if (first === 0) return 0;
    const latencies = this.#of(task.subtopology.id);
    latencies.process.record(Math.max(0, secondsOf(this.#clock) - started));
    latencies.record.record(Math.max(0, this.#clock.now() - task.source.timestamp) / 1_000);
    return first + task.process(max - first);
  }

  #of(subtopology: number): Latencies {
    const found = this.#latencies.get(subtopology);
    if (found !== undefined) return found;
    const attributes = { 'kstreams.subtopology': subtopology };
    const operation = { 'messaging.system': this.#system, 'messaging.operation.name': 'process' };
    const made = {
      process: this.#telemetry.histogram(instruments.processDuration, { ...operation, ...attributes }),
      record: this.#telemetry.histogram(instruments.recordLatency, attributes),
    };
    this.#latencies.set(subtopology, made);
    return made;
  }
}
