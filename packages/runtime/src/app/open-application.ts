import {
  type ByteStore,
  metadataConfig,
  metadataTopic,
  type NewTopic,
  type Plan,
  type Telemetry,
  type TopicDescription,
} from '@kstreams/core/graph';
import { GlobalTableUpdater, type GlobalTableUpdaterOptions } from '../global/global-table-updater.js';
import { GlobalTables, globalTask } from '../global/global-tables.js';
import type { TopicPartitions } from '../task/record-collector.js';
import type { Metrics } from '../telemetry/metrics.js';
import { onRemovedRecords } from '../worker/removed-records.js';
import { ClusterWatcher } from '../worker/topics/cluster-watcher.js';
import { deadLettersOf, prepareDeadLetters } from '../worker/topics/dead-letters.js';
import { matchPatterns } from '../worker/topics/match-patterns.js';
import { prepareSerdes } from '../worker/topics/prepare-serdes.js';
import { prepareTopics } from '../worker/topics/prepare-topics.js';
import { RepartitionPurge } from '../worker/topics/repartition-purge.js';
import { SubscriptionPlan } from '../worker/topics/subscription-plan.js';
import { awaitLog } from './await-log.js';
import { backendStores } from './backend-stores.js';
import type { AppEvent } from './events.js';
import { instanceIdOf } from './instance-id.js';
import { InstanceMetadataSource } from './instance-metadata-source.js';
import type { Lifecycle } from './lifecycle.js';
import { NameCheck } from './name-check.js';
import type { RunOptions } from './options.js';
import { OwnedState } from './owned-state.js';
import type { Parts } from './parts.js';
import type { Settings } from './settings.js';
import { WorkerPool } from './worker-pool.js';

/** Inputs for opening an application. */
export interface OpenOptions {
  readonly planned: Plan;
  readonly options: RunOptions;
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
}

/** The open parts that an application reads. */
export interface OpenApplication {
  readonly bytes: ByteStore;
  readonly subscriptions: SubscriptionPlan;
  readonly workers: WorkerPool;
  readonly instances: InstanceMetadataSource;
  /** The declared dead-letter topics. */
  readonly deadLetters: readonly string[];
}

/**
 * Opens an application from the bottom up: topics, state, global tables, the metadata exchange, workers, the topic watcher.
 * Every part and resource is registered in `parts` as soon as it is open.
 */
export const openApplication = async (
  { lifecycle, metrics, options, planned, settings }: OpenOptions,
  parts: Parts,
): Promise<OpenApplication> => {
  const { clock, endpoint, transport } = options;
  if (options.closesTransport === true) parts.onRelease(() => transport.close());
  const { startTimeout } = settings;
  const admin = await awaitLog({ application: planned.name, transport, clock, startTimeout, logger: options.logger });
  parts.onRelease(() => admin.close());
  const plan = matchPatterns(planned, (await admin.topics()).keys());
  const application = plan.name;
  const deadLetters = deadLettersOf(plan, options.deadLetters);
  await prepareDeadLetters(deadLetters, transport, admin);
  const topics = await prepareTopics(
    plan,
    transport,
    admin,
    endpoint === undefined ? [] : [exchangeTopic(application)],
  );
  await prepareSerdes(plan);
  const stores = backendStores(plan, topics);
  const bytes = new OwnedState(await options.state.open(options.stateFolder, { telemetry: metrics.telemetry, stores }));
  parts.onRelease(() => bytes.close());
  const shared = { application, bytes, liveLimit: settings.liveLimit };
  const emit = (event: AppEvent): void => lifecycle.emit(event);
  const globals = new GlobalTables({
    ...shared,
    dropped: (node, reason) => metrics.dropped(node, reason, emit),
    nodes: plan.globals,
    now: () => clock.now(),
    onError: options.onError,
    observer: options.observer,
  });
  // A table is not continued at the end, which would leave out rows that the log still has.
  const removedRecords = settings.removedRecords === 'fail' ? 'fail' : 'earliest';
  const removed = onRemovedRecords({ emit, index: undefined, metrics, removedRecords });
  const dropped: GlobalTableUpdaterOptions['dropped'] = (rows) =>
    emit({ kind: 'state-dropped', task: globalTask, ...rows });
  const updater = await openGlobalTableUpdater(
    globals,
    { application, bytes, options, telemetry: metrics.telemetry, topics, dropped, removed },
    parts,
  );
  const names = new NameCheck(planned, admin, clock.now());
  await names.beforeJoin();
  const workers = new WorkerPool();
  const held = () => workers.tasks;
  const instances = await InstanceMetadataSource.open({ application, bytes, clock, endpoint, held, transport }, parts);
  const subscriptions = new SubscriptionPlan(planned, plan, topics);
  const cluster = new ClusterWatcher({
    admin,
    clock,
    matchInterval: settings.matchInterval,
    subscriptions,
    joined: (names) => {
      lifecycle.emit({ kind: 'topics-joined', topics: names });
      workers.wake();
    },
    changed: (found) => {
      const changes = found.map(({ before, kind, now, topic }) => ({ topic, kind, before, now }));
      lifecycle.emit({ kind: 'topics-changed', changes });
      for (const { kind, now, topic } of changes) if (kind === 'grew') updater?.grow(topic, now);
      workers.wake();
    },
    stopping: () => workers.halt(),
    checkName: () => names.afterJoin(),
  });
  const { topics: known } = subscriptions;
  const found: TopicPartitions = { get: known.get.bind(known), request: (topic) => cluster.look(topic) };
  const purge = new RepartitionPurge(plan, admin, clock, settings.purgeInterval, (error, topics) =>
    lifecycle.emit({ kind: 'purge-failed', topics, error }),
  );
  parts.onRelease(() => purge.close());
  await workers.open(
    {
      ...shared,
      ...settings,
      clock,
      transport,
      globals,
      subscriptions,
      cluster,
      label: names.label,
      found,
      instanceId: instanceIdOf(options.instanceId, bytes),
      onError: options.onError,
      observer: options.observer,
      transactionalId: (index) => (settings.exactlyOnce ? `${application}-${bytes.owner}-${index}` : undefined),
      mends: bytes.mend !== undefined && plan.globals.length === 0,
      metrics,
      committed: (tasks) => purge.committed(tasks.flatMap((task) => task.offsets())),
      moved: () => instances.moved(),
      phase: (index, phase) => lifecycle.worker(index, phase),
      emit,
    },
    parts,
  );
  parts.add(cluster);
  return { bytes, subscriptions, workers, instances, deadLetters };
};

const exchangeTopic = (application: string): NewTopic => ({
  name: metadataTopic(application),
  partitions: 1,
  config: metadataConfig,
});

/** Opens the updater of the global tables, if there are any, and waits until they are complete. */
const openGlobalTableUpdater = async (
  tables: GlobalTables,
  opened: {
    readonly application: string;
    readonly bytes: ByteStore;
    readonly options: RunOptions;
    readonly telemetry: Telemetry | undefined;
    readonly topics: ReadonlyMap<string, TopicDescription>;
    readonly dropped: GlobalTableUpdaterOptions['dropped'];
    readonly removed: GlobalTableUpdaterOptions['removed'];
  },
  parts: Parts,
): Promise<GlobalTableUpdater | undefined> => {
  if (tables.topics.length === 0) return undefined;
  const { application, options, ...shared } = opened;
  const { clock, transport } = options;
  const clientId = `${application}-global`;
  const updater = await GlobalTableUpdater.open({ ...shared, transport, clientId, tables, clock });
  parts.add(updater);
  return updater;
};
