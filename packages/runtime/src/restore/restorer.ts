import {
  type ByteStore,
  type Clock,
  type Consumer,
  partitionId,
  type Received,
  type Telemetry,
  type TopicPartition,
  type Transport,
} from '@kstreams/core/graph';
import type { StoreCopies } from '../task/stores/store-copies.js';
import type { RestoreEvent } from './restore-event.js';
import { type RestoreTarget, StoreRestore, sourceOf } from './store-restore.js';

/** The most records of one poll. */
const pollLength = 5_000;

/** Options of a worker's restorer. */
export interface RestorerOptions {
  readonly transport: Transport;
  readonly clientId: string;
  readonly bytes: ByteStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly emit: (event: RestoreEvent) => void;
  /** Receives the copies that are restored. */
  readonly copies: StoreCopies;
  /** Passed to the consumer. */
  readonly telemetry?: Telemetry | undefined;
}

/** One read of a partition, for all stores that are restored from it. */
interface Reading {
  readonly partition: TopicPartition;
  readonly restores: readonly StoreRestore[];
  /** The highest end of its restores. */
  readonly end: number;
  /** Ends its waits for values. */
  readonly signal: AbortSignal;
  /** The batch in progress; a cancelled reading waits for it. */
  writing: Promise<void>;
  readonly finish: () => void;
  readonly fail: (thrown: unknown) => void;
}

/** A partition with the offsets of its start and its end, and the stores to restore from it. */
interface Source {
  readonly partition: TopicPartition;
  readonly first: number;
  readonly last: number;
  readonly targets: readonly RestoreTarget[];
}

/** The readings that share one consumer. */
interface Session {
  readonly opened: Promise<Consumer>;
  /** By partition id. */
  readonly readings: Map<string, Reading>;
  users: number;
  loop: Promise<void> | undefined;
}

/**
 * Restores stores from their changelogs, beside the poll of the worker. All restores share one consumer, which is open while
 * there are any. The stores of a task that have one source topic share one read of it, from the lowest of their positions.
 *
 * A restore reads from the stored position in offset order and writes rows and position in one batch. It ends at a position,
 * not at the last record, because a transaction marker may follow. Rows with a position beyond the end of the changelog, of
 * another topic with the same name, or behind for longer than the changelog keeps deletes, are dropped and restored from the
 * start, or from the position of a copy that the backend has elsewhere. A position before the start is valid: the
 * records between them have expired, or are transaction markers, so the rows are kept and the rest is read.
 */
export class Restorer {
  readonly #options: RestorerOptions;
  #session: Session | undefined;

  constructor(options: RestorerOptions) {
    this.#options = options;
  }

  /** Resolves when all targets are restored; rejects when one fails, or with the reason of the signal. */
  async restore(targets: readonly RestoreTarget[], signal: AbortSignal): Promise<void> {
    const logged = targets.filter(({ store }) => store.changelog !== undefined);
    if (logged.length === 0) return;
    const session = this.#open();
    session.users++;
    try {
      const consumer = await session.opened;
      const shared = [...groups(logged, ({ store }) => partitionId(sourceOf(store))).values()];
      const partitions = shared.map(([first]) => sourceOf((first as RestoreTarget).store));
      const [starts, ends] = await Promise.all([
        consumer.offsets(partitions, 'earliest'),
        consumer.offsets(partitions, 'latest-written'),
      ]);
      signal.throwIfAborted();
      const failure = new AbortController();
      const cut = AbortSignal.any([signal, failure.signal]);
      const begun = partitions.map(async (partition, i) => {
        const source = { partition, first: starts[i] ?? 0, last: ends[i] ?? 0, targets: shared[i] ?? [] };
        try {
          await this.#begin(session, consumer, source, cut);
        } catch (thrown) {
          failure.abort(thrown);
          throw thrown;
        }
      });
      // No restore may continue beside the next restore of the same store.
      await Promise.allSettled(begun);
      cut.throwIfAborted();
    } finally {
      session.users--;
      if (session.users === 0) await this.#release(session);
    }
  }

  #open(): Session {
    const { clientId, telemetry, transport } = this.#options;
    this.#session ??= {
      opened: transport.consumer({ clientId, telemetry }),
      readings: new Map(),
      users: 0,
      loop: undefined,
    };
    return this.#session;
  }

  /** Restores all stores of a source. */
  async #begin(
    session: Session,
    consumer: Consumer,
    { partition, targets, ...range }: Source,
    signal: AbortSignal,
  ): Promise<void> {
    const restores: StoreRestore[] = [];
    for (const target of targets) {
      const restore = await StoreRestore.open(target, range, this.#options, signal);
      signal.throwIfAborted();
      if (!restore.done) restores.push(restore);
    }
    if (restores.length === 0) return;
    for (const restore of restores) restore.started();
    const id = partitionId(partition);
    const finished = new Promise<void>((finish, fail) => {
      const end = Math.max(...restores.map((restore) => restore.end));
      session.readings.set(id, { partition, restores, end, signal, writing: Promise.resolve(), finish, fail });
    });
    const reading = session.readings.get(id) as Reading;
    const cancel = (): void => reading.fail(signal.reason);
    signal.addEventListener('abort', cancel);
    consumer.assign([{ ...partition, offset: Math.min(...restores.map(({ at }) => at)) }]);
    session.loop ??= this.#run(session, consumer);
    try {
      await finished;
    } finally {
      signal.removeEventListener('abort', cancel);
      session.readings.delete(id);
      consumer.unassign([partition]);
      // `finished` has rejected with its error.
      await reading.writing.catch(() => {});
      for (const restore of restores) restore.ended(!signal.aborted);
    }
  }

  /** Polls while there are readings. */
  async #run(session: Session, consumer: Consumer): Promise<void> {
    try {
      while (session.readings.size > 0) {
        const batches = groups(await consumer.poll(pollLength, 100), partitionId);
        for (const [id, batch] of batches) {
          const reading = session.readings.get(id);
          if (reading === undefined) continue;
          // An aborted reading does not end the others.
          reading.writing = apply(reading, batch).catch((thrown: unknown) => {
            if (!reading.signal.aborted) throw thrown;
          });
          await reading.writing;
        }
        for (const reading of session.readings.values()) {
          if ((consumer.position(reading.partition) ?? 0) >= reading.end) reading.finish();
        }
        await Promise.resolve();
      }
    } catch (thrown) {
      for (const reading of session.readings.values()) reading.fail(thrown);
    } finally {
      session.loop = undefined;
    }
  }

  async #release(session: Session): Promise<void> {
    if (this.#session === session) this.#session = undefined;
    await session.loop;
    await (await session.opened).close();
  }
}

const apply = async ({ restores, signal }: Reading, batch: readonly Received[]): Promise<void> => {
  for (const restore of restores) await restore.take(batch, signal);
};

/** Returns values by id, in their order. */
const groups = <T>(values: readonly T[], idOf: (value: T) => string): ReadonlyMap<string, readonly T[]> => {
  const found = new Map<string, T[]>();
  for (const value of values) {
    const id = idOf(value);
    const group = found.get(id) ?? [];
    found.set(id, group);
    group.push(value);
  }
  return found;
};
