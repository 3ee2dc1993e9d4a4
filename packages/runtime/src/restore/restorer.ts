import {
  type ByteStore,
  type Consumer,
  concatBytes,
  encodeRow,
  partitionId,
  type Received,
  type Transport,
  type Write,
} from '@kstreams/core/graph';
import type { RowTimestamp } from '../task/restored-row.js';
import { decodePosition, isPositionOf, positionKey, rangeOf } from '../task/stores/row-keys.js';
import type { Changelog, StorePlace } from '../task/stores/store-place.js';
import { positionWrite } from '../task/stores/task-stores.js';
import type { RestoreEvent } from './restore-event.js';
import { SourceTopicLoader } from './source-topic-loader.js';

/** How many records one poll of changelogs asks for. */
const pollLength = 5_000;

/** A store to be brought up to date. */
export interface RestoreTarget {
  readonly place: StorePlace;
  /** Which task it belongs to, for events. */
  readonly task: string;
  /** Where to stop, for a source topic: up to here the group has read it. A changelog is read to its end. */
  readonly until?: number;
  /** What the records of a source topic become; those of a changelog become rows as they are. */
  readonly rowTimestamp?: RowTimestamp;
}

/** What the restorer of a worker is given. */
export interface RestorerOptions {
  readonly transport: Transport;
  readonly clientId: string;
  readonly bytes: ByteStore;
  readonly emit: (event: RestoreEvent) => void;
}

interface Restore extends RestoreTarget {
  readonly changelog: Changelog;
  /** Makes rows of the records, where those are no rows as they are. */
  readonly loader: SourceTopicLoader | undefined;
  readonly end: number;
  /** The offset of the next record to apply. */
  at: number;
  restored: number;
  /** The batch that is being written; a restore that was cut short waits for it. */
  writing: Promise<void>;
  readonly finish: () => void;
  readonly fail: (thrown: unknown) => void;
}

/** What is restored through one consumer, from the first restore that needs it to the last. */
interface Session {
  readonly opened: Promise<Consumer>;
  readonly restores: Map<string, Restore>;
  users: number;
  loop: Promise<void> | undefined;
}

/**
 * Brings stores up to where their changelogs end, beside the worker's own poll: one consumer for all that is being
 * restored, opened when there is something and closed when there is nothing.
 *
 * A restore goes from the stored position, in offset order, the position in the same batch as the rows, and ends on the
 * position, not on the last record: what lies behind may be the marker of a transaction. Rows whose position cannot be one
 * of the changelog, since that ends before it or is another topic of the same name, are dropped and read anew.
 */
export class Restorer {
  readonly #options: RestorerOptions;
  #session: Session | undefined;

  constructor(options: RestorerOptions) {
    this.#options = options;
  }

  /** Resolves when all are up to date; rejects when one fails, or with the signal's reason. */
  async restore(targets: readonly RestoreTarget[], signal: AbortSignal): Promise<void> {
    const logged = targets.filter(({ place }) => place.changelog !== undefined);
    if (logged.length === 0) return;
    const session = this.#open();
    session.users++;
    try {
      const consumer = await session.opened;
      const sources = logged.map(({ place }) => sourceOf(place));
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
      // All have ended before this does: none of them goes on beside the next restore of the same store.
      await Promise.allSettled(begun);
      cut.throwIfAborted();
    } finally {
      session.users--;
      if (session.users === 0) await this.#release(session);
    }
  }

  #open(): Session {
    const { clientId, transport } = this.#options;
    this.#session ??= {
      opened: transport.consumer({ clientId }),
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
    const { place, task, until } = target;
    const source = sourceOf(place);
    const end = until === undefined ? last : Math.min(until, last);
    const key = positionKey(place.spec.name, place.partition);
    await bytes.prefetchKeys?.([key]);
    const stored = bytes.get(key);
    const related = stored !== undefined && isPositionOf(stored, place.changelog?.id);
    let from = related ? decodePosition(stored) : undefined;
    if (from === undefined || from > last || from < first) {
      await bytes.commit([[key, undefined]]);
      await bytes.clear(...rangeOf(place.prefix));
      from = first;
    }
    signal.throwIfAborted();
    if (from >= end) return;
    const about = { task, store: place.spec.name, partition: place.partition } as const;
    emit({ kind: 'restore-started', ...about, from, to: end });
    const id = partitionId(source);
    const finished = new Promise<void>((finish, fail) => {
      const changelog = place.changelog as Changelog;
      session.restores.set(id, {
        ...target,
        changelog,
        loader: SourceTopicLoader.open(place, bytes),
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
      await restore.writing.catch(() => {});
      emit({ kind: 'restore-ended', ...about, restored: restore.restored, complete: !signal.aborted });
    }
  }

  /** Polls while there is anything to restore. */
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
          restore.writing = this.#apply(restore, batch);
          await restore.writing;
        }
        for (const restore of session.restores.values()) {
          if ((consumer.position(sourceOf(restore.place)) ?? 0) >= restore.end) restore.finish();
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
    const { end, place, rowTimestamp = ({ timestamp }: Received) => timestamp, loader, task } = restore;
    const records = batch.filter(({ offset }) => offset >= restore.at && offset < end);
    const last = records.at(-1);
    if (last === undefined) return;
    const position = positionWrite(place.spec.name, place.partition, last.offset + 1, place.changelog?.id);
    if (loader === undefined) {
      const rows = records.flatMap((record) => rowOf(place.prefix, record, rowTimestamp(record)));
      await this.#options.bytes.commit([...rows, position]);
    } else {
      for (const record of records) {
        const timestamp = rowTimestamp(record);
        if (record.key !== null && timestamp !== undefined) await loader.take(record.key, record.value, timestamp);
      }
      await loader.commit([position]);
    }
    restore.at = last.offset + 1;
    restore.restored += records.length;
    const { at, restored } = restore;
    const { partition, spec } = place;
    this.#options.emit({ kind: 'restore-progress', task, store: spec.name, partition, restored, at, to: end });
  }

  async #release(session: Session): Promise<void> {
    if (this.#session === session) this.#session = undefined;
    await session.loop;
    await (await session.opened).close();
  }
}

const sourceOf = ({ changelog, partition }: StorePlace) => ({ topic: (changelog as Changelog).topic, partition });

const rowOf = (prefix: Uint8Array, { key, value }: Received, timestamp: number | undefined): Write[] =>
  key === null || timestamp === undefined
    ? []
    : [[concatBytes(prefix, key), value === null ? undefined : encodeRow(value, timestamp)]];
