import { type CommittedOffset, type NodeId, type Received, StateError, type Subtopology } from '@kstreams/core/graph';
import { AsyncWork } from '../async/async-work.js';
import { CallResults } from '../async/call-results.js';
import { Intake } from '../async/intake.js';
import { offsetsOf } from '../async/partition-progress.js';
import { compile } from '../compile/compile.js';
import { Agenda } from './agenda.js';
import { Attempts, type Outcome } from './attempts.js';
import { CausedOutlet } from './caused-outlet.js';
import type { FailedSends } from './failed-sends.js';
import type { Idleness } from './idleness.js';
import { type Behind, lengthOf, oldestOf, openQueue, openQueues } from './open-queues.js';
import type { Progress } from './progress.js';
import type { PartitionQueue } from './queue.js';
import { RecordInHand } from './record-in-hand.js';
import { type Release, releaseAll } from './releases.js';
import type { SourceInHand } from './source-in-hand.js';
import type { TaskStores } from './stores/task-stores.js';
import { type Step, type TaskOptions, taskId } from './task-options.js';
import { taskScope } from './task-scope.js';
import type { Watch } from './watch.js';

/** One sub-topology on one partition: queues in, closures in the middle, an outlet and stores out. */
export class Task {
  readonly id: string;
  readonly partition: number;
  readonly subtopology: Subtopology;
  readonly stores: TaskStores;
  readonly queues: Map<string, PartitionQueue>;
  readonly intake: Intake;
  readonly #behind: Behind;
  readonly #now: () => number;
  readonly #time: { stream: number; wall: number };
  readonly #attempts: Attempts;
  readonly #agenda = new Agenda((node, call) => {
    this.#touched = true;
    return this.#punctuate(node, call);
  });
  readonly #failedSends: FailedSends | undefined;
  readonly #watch: Watch | undefined;
  readonly #releases: Release[] = [];
  /** Undefined where the sub-topology has no async stage. */
  readonly #work: AsyncWork | undefined;
  readonly #results: CallResults | undefined;
  readonly #inHand: RecordInHand;
  #touched = false;

  constructor(options: TaskOptions) {
    const { clock, journal, journaled, onError, partition, failedSends, stores, subtopology, watch } = options;
    const now = (): number => clock.now();
    const outlet = new CausedOutlet(options.outlet, taskId(subtopology, partition), failedSends);
    this.id = taskId(subtopology, partition);
    this.partition = partition;
    this.subtopology = subtopology;
    this.stores = stores;
    this.#now = now;
    this.#failedSends = failedSends;
    this.#time = { stream: -1, wall: now() };
    this.#work = AsyncWork.of(subtopology.nodes, { ...options, pending: (until) => (this.#attempts.pending = until) });
    this.intake = new Intake(this.#work);
    const source: SourceInHand = { topic: '', partition: 0, offset: -1 };
    const scope = taskScope(
      { ...options, now, outlet, id: this.id, subtopology: subtopology.id },
      {
        time: this.#time,
        source,
        clocks: this.#agenda.clocks,
        idleness: this.#agenda.idleness,
        releases: this.#releases,
      },
      this.#work && { work: this.#work, behind: this.#agenda.clocksBehind },
    );
    watch?.of(scope);
    this.#watch = watch;
    this.#attempts = new Attempts({ scope, outlet, journal, journaled, onError, now, watch });
    const [attempts, time, work] = [this.#attempts, this.#time, this.#work];
    this.#inHand = new RecordInHand({ subtopology, scope, source, time, attempts, failedSends, work });
    this.#results = work && new CallResults({ work, attempts, source, now, moveOn: () => this.#moveOn() });
    this.#behind = { doors: compile(subtopology.nodes, scope), now };
    this.queues = openQueues(options.application, subtopology, partition, this.#behind);
    watch?.opened();
  }

  /** True when something happened since the last commit that a commit should keep. */
  get touched(): boolean {
    return this.#touched;
  }

  /** How many records wait. */
  get buffered(): number {
    return lengthOf(this.queues);
  }

  /** When the next wall-clock schedule is due. */
  get wallDue(): number {
    return this.#agenda.clocks.wall.due;
  }

  /** How long it has been idle, for whom it concerns. */
  get idleness(): Idleness {
    return this.#agenda.idleness;
  }

  /** When the work in hand may be tried again, on the wall clock. */
  get retryAt(): number {
    return this.#attempts.retryAt;
  }

  /** Settles once a value is loaded that the task waits for; `undefined` when it waits for none. */
  get pending(): Promise<unknown> | undefined {
    return this.#attempts.pending;
  }

  /** Lets the task go on once `pending` has settled. */
  pendingLoaded(): void {
    this.#attempts.pending = undefined;
    this.#work?.pump();
  }

  /** Takes up where an earlier run was in a topic, from what was committed with its offset. */
  resume(topic: string, progress: Progress): void {
    this.queues.get(topic)?.resume(progress);
    this.#time.stream = Math.max(this.#time.stream, progress.time);
  }

  /** Reads one more topic at one of its sources, from its partition time; the partition flows already. */
  join(source: NodeId, topic: string, progress?: Progress): void {
    const node = this.subtopology.sources.find(({ id }) => id === source);
    if (node === undefined) throw new StateError(`task ${this.id} has no source "${source}"`, { topic });
    if (!this.queues.has(topic)) this.queues.set(topic, openQueue(node, topic, this.partition, this.#behind));
    (this.queues.get(topic) as PartitionQueue).held = false;
    if (progress !== undefined) this.resume(topic, progress);
  }

  add(received: Received): void {
    const queue = this.queues.get(received.topic);
    if (queue === undefined) throw new StateError(`task ${this.id} does not read topic "${received.topic}"`, received);
    queue.add(received);
  }

  /** Processes the record with the smallest timestamp among the heads of its partitions; `now` is the time on the wall. */
  step(now = this.#now()): Step {
    if (this.#attempts.waiting(now)) return 'waiting';
    if (!this.#agenda.catchUp(this.#time.stream, this.#timeBehind())) return 'waiting';
    const queue = oldestOf(this.queues);
    if (queue === undefined || this.intake.closed(queue)) return 'idle';
    return this.#failedSends?.keepsApart(queue.received, this) === true ? 'waiting' : this.#process(queue, now);
  }

  /** Deals with what calls came to, and answers whether there was anything. */
  settle(): boolean {
    this.#time.wall = this.#now();
    if (this.#results?.settle() !== true) return false;
    this.#touched = true;
    return true;
  }

  /** All records at hand were taken in: fires the wall-clock schedules that are due, and lets batches go that are ready. */
  punctuate(now: number): void {
    this.#time.wall = now;
    if (!this.intake.gated && !this.#attempts.waiting(now)) this.#agenda.atWallTime(now);
    if (this.intake.gated) this.#work?.hurry();
    else this.#work?.turn();
  }

  /**
   * Does what has to be done before a commit, alone or `together` with all tasks of a transaction; false when that has to
   * wait, for a retry, for keys of a slow store, or for calls to end: then the task cannot be committed yet.
   */
  prepare(together = false): boolean {
    const waits = this.#agenda.clocks.commit.due < Number.POSITIVE_INFINITY;
    if (waits && (this.#attempts.waiting(this.#now()) || !this.#agenda.beforeCommit())) return false;
    return this.intake.ready(together);
  }

  /** Does what waited for a silence as long as this one. */
  afterSilence(now: number): void {
    this.#time.wall = now;
    if (!this.#attempts.waiting(now)) this.#agenda.atSilence(now);
  }

  /** What is done: the offset to go on from, per partition, with the partition's time. */
  offsets(): CommittedOffset[] {
    return offsetsOf(this.queues, this.#work?.origins);
  }

  /** What was done is committed. */
  committed(): void {
    this.#touched = false;
    this.#watch?.committed();
  }

  /** Aborts its calls, then lets go of what its processors opened, the last first; every release is tried. */
  async close(): Promise<void> {
    this.#work?.close(new Error(`task ${this.id} closes`));
    await releaseAll(this.#releases, this.id).finally(() => this.#watch?.closed());
  }

  #process(queue: PartitionQueue, now: number): Step {
    this.idleness.end();
    this.#time.wall = now;
    if (this.#inHand.take(queue) === 'again') return 'waiting';
    queue.advance();
    this.#touched = true;
    this.#agenda.atStreamTime(this.#time.stream, this.#timeBehind());
    return 'done';
  }

  /** Results have moved the time behind the stages on, perhaps. */
  #moveOn(): void {
    this.#work?.tell((node, call) => this.#punctuate(node, call) === 'done');
    this.#agenda.atStreamTime(this.#time.stream, this.#timeBehind());
  }

  #timeBehind(): number {
    return this.#work === undefined ? this.#time.stream : this.#work.time(this.#time.stream);
  }

  #punctuate(node: NodeId, call: () => void): Outcome {
    const run = (): Outcome => this.#attempts.run('punctuation', node, undefined, call);
    return this.#work === undefined ? run() : this.#work.inTurn(run, this.#time.stream);
  }
}
