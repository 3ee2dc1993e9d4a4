import {
  type ByteStore,
  type Consumer,
  concatBytes,
  encodeRow,
  partitionId,
  type Received,
  retryPending,
  type Telemetry,
  type Transport,
  type Write,
} from '@kstreams/core/graph';
import type { RowKey, RowTimestamp } from '../task/restored-row.js';
import { decodePosition, isPositionOf, positionKey, rangeOf } from '../task/stores/row-keys.js';
import type { Changelog, StorePartition } from '../task/stores/store-partition.js';
import { positionWrite } from '../task/stores/task-stores.js';
import type { RestoreEvent } from './restore-event.js';
import { SourceTopicLoader } from './source-topic-loader.js';

/** The most records of one poll. */
const pollLength = 5_000;

/** A store to restore. */
export interface RestoreTarget {
  readonly store: StorePartition;
  /** The id of its task, for events. */
  readonly task: string;
  /** The end of the restore from a source topic: the committed offset of the group. A changelog is read to its end. */
  readonly until?: number;
  /** Returns the row timestamp of a source record; undefined skips it. Changelog records become rows unchanged. */
  readonly rowTimestamp?: RowTimestamp;
  /** Returns the key of the row of a source record. Changelog records have those of their rows. */
  readonly rowKey?: RowKey;
}

/** Options of a worker's restorer. */
export interface RestorerOptions {
  readonly transport: Transport;
  readonly clientId: string;
  readonly bytes: ByteStore;
  readonly emit: (event: RestoreEvent) => void;
  /** Passed to the consumer. */
  readonly telemetry?: Telemetry | undefined;
}

interface Restore extends RestoreTarget {
  readonly changelog: Changelog;
  /** Set where rows are derived from the records. */
  readonly loader: SourceTopicLoader | undefined;
  /** Ends its waits for values. */
  readonly signal: AbortSignal;
  readonly end: number;
  /** The offset of the next record to apply. */
  at: number;
  restored: number;
  /** The batch in progress; a cancelled restore waits for it. */
  writing: Promise<void>;
  readonly finish: () => void;
  readonly fail: (thrown: unknown) => void;
}

/** The restores that share one consumer. */
interface Session {
  readonly opened: Promise<Consumer>;
  readonly restores: Map<string, Restore>;
  users: number;
  loop: Promise<void> | undefined;
}

/**
 * Restores stores from their changelogs, beside the poll of the worker. All restores share one consumer, which is open while
 * there are any.
 *
 * A restore reads from the stored position in offset order and writes rows and position in one batch. It ends at a position,
 * not at the last record, because a transaction marker may follow. Rows with a position beyond the end of the changelog, or
 * of another topic with the same name, are dropped and restored from the start. A position before the start is valid: the
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
      const sources = logged.map(({ store }) => sourceOf(store));
      const [starts, ends] = await Promise.all([
        consumer.offsets(sources, 'earliest'),
        consumer.offsets(sources, 'latest-written'),
      ]);
      signal.throwIfAborted();
      const failure = new AbortController();
      const cut = AbortSignal.any([signal, failure.signal]);
      const begun = logged.map((target, i) =>
        this.#begin(session, consumer, target, starts[i] ?? 0, ends[i] ?? 0, cut).catch((thrown: unknown) => {
          failure.abort(thrown);
          throw thrown;
        }),
      );
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
      restores: new Map(),
      users: 0,
      loop: undefined,
    };
    return this.#session;
  }

  async #begin(
    session: Session,
    consumer: Consumer,
    target: RestoreTarget,
    first: number,
    last: number,
    signal: AbortSignal,
  ): Promise<void> {
    const { bytes, emit } = this.#options;
    const { store, task, until } = target;
    const source = sourceOf(store);
    const end = until === undefined ? last : Math.min(until, last);
    const key = positionKey(store.spec.name, store.partition);
    const stored = await retryPending(() => bytes.get(key));
    const about = { task, store: store.spec.name, partition: store.partition } as const;
    const at = stored !== undefined && isPositionOf(stored, store.changelog?.id) ? decodePosition(stored) : undefined;
    const valid = at !== undefined && at <= last;
    if (!valid) {
      await bytes.commit([[key, undefined]]);
      await bytes.clear(...rangeOf(store.prefix));
      if (stored !== undefined) emit({ kind: 'state-dropped', ...about, at, to: last });
    }
    const from = valid ? Math.max(at, first) : first;
    signal.throwIfAborted();
    if (from >= end) return;
    emit({ kind: 'restore-started', ...about, from, to: end });
    const id = partitionId(source);
    const finished = new Promise<void>((finish, fail) => {
      const changelog = store.changelog as Changelog;
      session.restores.set(id, {
        ...target,
        changelog,
        loader: SourceTopicLoader.open(store, bytes),
        signal,
        end,
        at: from,
        restored: 0,
        writing: Promise.resolve(),
        finish,
        fail,
      });
    });
    const restore = session.restores.get(id) as Restore;
    const cancel = (): void => restore.fail(signal.reason);
    signal.addEventListener('abort', cancel);
    consumer.assign([{ ...source, offset: from }]);
    session.loop ??= this.#run(session, consumer);
    try {
      await finished;
    } finally {
      signal.removeEventListener('abort', cancel);
      session.restores.delete(id);
      consumer.unassign([source]);
      // `finished` has rejected with its error.
      await restore.writing.catch(() => {});
      emit({ kind: 'restore-ended', ...about, restored: restore.restored, complete: !signal.aborted });
    }
  }

  /** Polls while there are restores. */
  async #run(session: Session, consumer: Consumer): Promise<void> {
    try {
      while (session.restores.size > 0) {
        const batches = new Map<string, Received[]>();
        for (const record of await consumer.poll(pollLength, 100)) {
          const id = partitionId(record);
          const batch = batches.get(id) ?? [];
          batches.set(id, batch);
          batch.push(record);
        }
        for (const [id, batch] of batches) {
          const restore = session.restores.get(id);
          if (restore === undefined) continue;
          // An aborted restore does not end the others.
          restore.writing = this.#apply(restore, batch).catch((thrown: unknown) => {
            if (!restore.signal.aborted) throw thrown;
          });
          await restore.writing;
        }
        for (const restore of session.restores.values()) {
          if ((consumer.position(sourceOf(restore.store)) ?? 0) >= restore.end) restore.finish();
        }
        await Promise.resolve();
      }
    } catch (thrown) {
      for (const restore of session.restores.values()) restore.fail(thrown);
    } finally {
      session.loop = undefined;
    }
  }

  async #apply(restore: Restore, batch: readonly Received[]): Promise<void> {
    const { end, store, rowKey, rowTimestamp = ({ timestamp }: Received) => timestamp, loader, signal, task } = restore;
    const records = batch.filter(({ offset }) => offset >= restore.at && offset < end);
    const last = records.at(-1);
    if (last === undefined) return;
    const position = positionWrite(store.spec.name, store.partition, last.offset + 1, store.changelog?.id);
    if (loader === undefined) {
      const rows: Write[] = [];
      for (const record of records) {
        rows.push(...rowOf(store.prefix, record, await rowTimestamp(record, signal), rowKey));
      }
      await this.#options.bytes.commit([...rows, position]);
    } else {
      for (const record of records) {
        const timestamp = await rowTimestamp(record, signal);
        if (record.key === null || timestamp === undefined) continue;
        await loader.take(rowKey?.(record.key, record) ?? record.key, record.value, timestamp);
      }
      await loader.commit([position]);
    }
    restore.at = last.offset + 1;
    restore.restored += records.length;
    const { at, restored } = restore;
    const { partition, spec } = store;
    this.#options.emit({ kind: 'restore-progress', task, store: spec.name, partition, restored, at, to: end });
  }

  async #release(session: Session): Promise<void> {
    if (this.#session === session) this.#session = undefined;
    await session.loop;
    await (await session.opened).close();
  }
}

const sourceOf = ({ changelog, partition }: StorePartition) => ({ topic: (changelog as Changelog).topic, partition });

const rowOf = (prefix: Uint8Array, record: Received, timestamp: number | undefined, rowKey?: RowKey): Write[] => {
  const { key, value } = record;
  if (key === null || timestamp === undefined) return [];
  const row = value === null ? undefined : encodeRow(value, timestamp);
  return [[concatBytes(prefix, rowKey?.(key, record) ?? key), row]];
};
