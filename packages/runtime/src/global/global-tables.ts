import {
  type AnyProcess,
  type AnyStoreSpec,
  type ByteStore,
  type GlobalNode,
  type Lookup,
  type NodeId,
  type Observer,
  type OnError,
  Pending,
  type Received,
  StateError,
  StorageError,
  type Write,
} from '@kstreams/core/graph';
import { nodeContext, nothing } from '../compile/context.js';
import type { Scope } from '../compile/scope.js';
import { decide } from '../task/decide.js';
import { decodeFailure } from '../task/decode-failure.js';
import { RecordJournal } from '../task/record-journal.js';
import { type Decode, decodeOf } from '../task/record-queue.js';
import { type StorePartition, storePartition } from '../task/stores/store-partition.js';
import { TaskStores } from '../task/stores/task-stores.js';
import { TaskObserver } from '../task/task-observer.js';

/** Options of the global tables of a process. */
export interface GlobalTablesOptions {
  readonly application: string;
  readonly nodes: readonly GlobalNode[];
  readonly bytes: ByteStore;
  readonly liveLimit: number;
  readonly now: () => number;
  /** The error policy; every failure is thrown without one. */
  readonly onError?: OnError | undefined;
  readonly dropped: Scope['drop'];
  /** Observes the rows of the tables, as the work of one task. */
  readonly observer?: Observer | undefined;
  /** Freezes stored and shared values, in tests. */
  readonly freeze?: ((value: unknown) => void) | undefined;
}

interface OpenTable {
  readonly node: GlobalNode;
  readonly decode: Decode;
  readonly process: AnyProcess;
  readonly lookup: Lookup<unknown, unknown>;
}

/** The task id of global tables in events and for observers. */
export const globalTask = 'global';

/** The partition number of global rows; no topic has it. */
export const globalPartition = -1;

/** The tables that each process keeps as one complete copy, shared by all its tasks. */
export class GlobalTables {
  readonly stores: TaskStores;
  /** The topics to read, with all their partitions. */
  readonly topics: readonly string[];
  readonly #tables: readonly OpenTable[];
  readonly #byTopic: ReadonlyMap<string, OpenTable>;
  readonly #options: GlobalTablesOptions;
  readonly #observer: TaskObserver | undefined;
  /** The position of the current record. */
  readonly #source = { topic: '', partition: globalPartition, offset: -1 };
  readonly #turn = new RecordJournal({ rollsBack: false, refuse: refuseWrite });

  constructor(options: GlobalTablesOptions) {
    const { application, bytes, freeze, liveLimit, nodes } = options;
    this.#options = options;
    const storePartitions = nodes.map(({ store }) => storePartition(application, store, globalPartition, new Map()));
    const observer = options.observer && new TaskObserver(options.observer);
    this.#observer = observer;
    this.stores = new TaskStores({
      storePartitions,
      bytes,
      journal: this.#turn,
      liveLimit,
      full: () => {},
      observeRows: observer && ((spec) => observer.rows(spec)),
      freeze,
    });
    observer?.attach({ id: globalTask, subtopology: -1, partition: globalPartition, ...this.#clockAndSource });
    this.#tables = nodes.map((node) =>
      openTable(node, globalScope(node.id, this.stores, options, this.#clockAndSource), options.now),
    );
    this.topics = nodes.map(({ topic }) => topic);
    this.#byTopic = new Map(this.#tables.map((table) => [table.node.topic, table]));
  }

  /**
   * Applies a record of one of the topics. A record that cannot be decoded or stored goes to the error policy. Skips and
   * counts it for a dead letter too, since every process reads the topic. Throws the error for any other decision.
   */
  apply(received: Received): void {
    const { decode, node, process } = this.#table(received.topic);
    const { topic, partition, offset } = received;
    Object.assign(this.#source, { topic, partition, offset });
    this.#observer?.began('record', node.id);
    this.#turn.begin();
    try {
      process(decode(received, -1));
    } catch (thrown) {
      if (thrown instanceof Pending || thrown instanceof StorageError) throw thrown;
      this.#judge(node.id, thrown, received);
    } finally {
      this.#turn.keep();
      this.#observer?.ended('kept');
    }
  }

  /** Returns the place of a topic's rows. */
  partitionOf(topic: string): StorePartition {
    const { node } = this.#table(topic);
    return this.stores.open.find(({ spec }) => spec === node.store) as StorePartition;
  }

  store(spec: AnyStoreSpec): unknown {
    return this.stores.get(spec)?.handle;
  }

  lookup(node: NodeId): Lookup<unknown, unknown> {
    const table = this.#tables.find((one) => one.node.id === node);
    if (table === undefined) throw new StateError(`there is no table "${node}" to look up`, { node });
    return table.lookup;
  }

  /** Returns the writes since the last settled flush. Global tables have no changelog. */
  flush(): readonly Write[] {
    const { logged, unlogged } = this.stores.flush(() => {});
    return [...logged, ...unlogged];
  }

  #judge(node: NodeId, thrown: unknown, received: Received): void {
    const { dropped, onError } = this.#options;
    const failure = decodeFailure(node, thrown, received);
    const decision = onError === undefined ? 'fail' : decide(onError, failure);
    if (decision !== 'skip' && (decision === 'fail' || !('deadLetter' in decision))) throw failure.error;
    dropped(node, 'skipped-by-policy');
    this.#observer?.dropped(node, 'skipped-by-policy');
  }

  /** The clocks and the position of the records that are applied. */
  get #clockAndSource(): Pick<Scope, 'time' | 'source'> {
    const { now } = this.#options;
    return {
      time: {
        stream: -1,
        get wall() {
          return now();
        },
      },
      source: this.#source,
    };
  }

  #table(topic: string): OpenTable {
    const table = this.#byTopic.get(topic);
    if (table === undefined) throw new StateError(`no global table reads topic "${topic}"`, { topic });
    return table;
  }
}

const refuseWrite = (): never => {
  throw new StateError('a processor wrote the store of a global table: write to its topic instead');
};

const openTable = (node: GlobalNode, scope: Scope, now: () => number): OpenTable => {
  const context = nodeContext(node.id, nothing, [], () => scope.globalLookup(node.id), scope);
  return {
    node,
    decode: decodeOf({ ...node, nulls: 'pass' }, now),
    process: node.open(context),
    lookup: node.lookup(context),
  };
};

const globalScope = (
  id: NodeId,
  stores: TaskStores,
  { dropped }: GlobalTablesOptions,
  clockAndSource: Pick<Scope, 'time' | 'source'>,
): Scope => {
  const refuse = (what: string) => () => {
    throw new StateError(`a global table cannot ${what}: it only stores rows`, { node: id });
  };
  return {
    id: globalTask,
    subtopology: -1,
    partition: globalPartition,
    ...clockAndSource,
    store: (spec) => stores.get(spec)?.handle ?? refuse(`use store "${spec.name}"`)(),
    globalLookup: refuse('look up another table'),
    sink: refuse('write to a topic'),
    schedule: refuse('schedule'),
    timers: refuse('have timers'),
    onExpiry: refuse('end rows'),
    onIdle: refuse('wait until idle'),
    onCaughtUp: refuse('wait until it has caught up'),
    drop: dropped,
    commit: () => {},
    clock: () => (timestamp) => timestamp,
    calls: refuse('make async calls'),
    onClose: () => {},
    turn: { open: false },
  };
};
