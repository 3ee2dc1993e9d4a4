import type { Received, Subtopology } from '@kstreams/core/graph';
import type { AsyncWork } from '../async/async-work.js';
import type { Scope } from '../compile/scope.js';
import type { Attempts, Outcome } from './attempts.js';
import type { FailedSends } from './failed-sends.js';
import type { PartitionQueue } from './queue.js';
import { moveTo, type SourceInHand } from './source-in-hand.js';

/** What the records of a task are processed with. */
export interface RecordInHandOptions {
  readonly subtopology: Subtopology;
  readonly scope: Scope;
  readonly source: SourceInHand;
  readonly time: { stream: number };
  readonly attempts: Attempts;
  readonly failedSends: FailedSends | undefined;
  /** Undefined where nothing waits. */
  readonly work: AsyncWork | undefined;
}

/** Processes records of a task one after another; nothing is made for each of them. */
export class RecordInHand {
  readonly #options: RecordInHandOptions;
  /** The partition whose head is in hand. */
  #queue: PartitionQueue | undefined;

  constructor(options: RecordInHandOptions) {
    this.#options = options;
  }

  /** Processes the head of a partition; 'again' when it has to be tried once more. */
  take(queue: PartitionQueue): Outcome {
    const { source, time, work } = this.#options;
    const { received } = queue;
    this.#queue = queue;
    moveTo(source, received as Received);
    return work === undefined ? this.#attempt() : work.inTurn(this.#attempt, time.stream, queue, received);
  }

  readonly #attempt = (): Outcome => {
    const { attempts, failedSends, subtopology } = this.#options;
    const { node, received } = this.#queue as PartitionQueue;
    const refusal = failedSends?.of(received as Received);
    if (refusal !== undefined) return attempts.refused(refusal, subtopology, node, received as Received);
    return attempts.run('processing', node, received, this.#process);
  };

  readonly #process = (): void => {
    const { scope, time, work } = this.#options;
    const queue = this.#queue as PartitionQueue;
    const record = queue.head();
    const { timestamp } = record;
    if (timestamp < 0) {
      scope.drop(queue.node, 'negative-timestamp');
      return;
    }
    if (timestamp > queue.time) queue.time = timestamp;
    if (timestamp > time.stream) time.stream = timestamp;
    if (work !== undefined) work.origins.current.time = time.stream;
    queue.process(record);
  };
}
