import type { Clock, Histogram, Telemetry } from '@kstreams/core/graph';
import type { Task } from '../task/task.js';
import { instruments } from '../telemetry/instruments.js';
import { secondsOf } from './worker-times.js';

/** The part of a task that a sampler uses. */
export type SampledTask = Pick<Task, 'buffered' | 'process' | 'source' | 'subtopology'>;

/** The histograms of one sub-topology. */
interface Latencies {
  readonly process: Histogram;
  readonly record: Histogram;
}

/**
 * Measures one record per turn of a worker, of each task in its turn. Other records cost nothing: a measured call within
 * the loop over all records would slow that loop by a tenth.
 */
export class LatencySampler {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #system: string;
  readonly #latencies = new Map<number, Latencies>();
  /** The index of the task to measure next. */
  #next = 0;

  constructor(telemetry: Telemetry, system: string, clock: Clock) {
    this.#telemetry = telemetry;
    this.#system = system;
    this.#clock = clock;
  }

  /** Processes and measures one record of the next task that has records. */
  sample(tasks: readonly SampledTask[]): void {
    for (let tried = 0; tried < tasks.length; tried++) {
      this.#next = (this.#next + 1) % tasks.length;
      const task = tasks[this.#next] as SampledTask;
      if (task.buffered === 0) continue;
      this.#measure(task);
      return;
    }
  }

  #measure(task: SampledTask): void {
    const started = secondsOf(this.#clock);
    if (task.process(1) === 0) return;
    const latencies = this.#of(task.subtopology.id);
    latencies.process.record(Math.max(0, secondsOf(this.#clock) - started));
    latencies.record.record(Math.max(0, this.#clock.now() - task.source.timestamp) / 1_000);
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
