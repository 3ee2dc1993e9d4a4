import {
  type AnyStoreSpec,
  type DropReason,
  interceptNodes,
  metadataConfig,
  metadataTopic,
  planTopology,
  type TableHandle,
  type Topology,
} from '@kstreams/core/graph';
import { Subject } from 'rxjs';
import { CallLimits } from '../async/call-limits.js';
import { GlobalTableUpdater } from '../global/global-table-updater.js';
import { GlobalTables } from '../global/global-tables.js';
import { MetadataExchange } from '../metadata/metadata-exchange.js';
import { ChangeFeed } from '../query/change-feed.js';
import { Pauses } from '../worker/pauses.js';
import { TaskRegistry } from '../worker/task-registry.js';
import { matchPatterns } from '../worker/topics/match-patterns.js';
import { prepareTopics } from '../worker/topics/prepare-topics.js';
import { RepartitionPurge } from '../worker/topics/repartition-purge.js';
import { SubscriptionPlan } from '../worker/topics/subscription-plan.js';
import { TopicWatcher } from '../worker/topics/topic-watcher.js';
import { Worker } from '../worker/worker.js';
import type { App } from './app.js';
import { checkSingleProcess } from './check-single-process.js';
import { healthOf } from './health.js';
import { Lifecycle } from './lifecycle.js';
import { logEvent, logUnnamed } from './logger.js';
import { metadataOf } from './metadata.js';
import type { RunOptions } from './options.js';
import { reportUnhandled } from './report-unhandled.js';
import { checkStores, readSettings } from './settings.js';
import { closeOnSignals } from './signals.js';
import { type ViewOptions, viewOf } from './view.js';

/**
 * Runs a topology until it is closed or fails. Resolves once its topics stand, its global tables are complete and its
 * workers have asked to join the group.
 */
export const run = async (source: Topology | { build(): Topology }, options: RunOptions): Promise<App> => {
  const { clock, endpoint, logger, transport } = options;
  checkSingleProcess(transport);
  const planned = interceptNodes(planTopology('build' in source ? source.build() : source), options.intercept);
  const settings = readSettings(options);
  if (settings.exactlyOnce) checkStores(planned);
  const life = new Lifecycle();
  if (logger !== undefined) {
    life.events$.subscribe((event) => logEvent(logger, planned.name, event));
    logUnnamed(logger, planned);
  }
  const counts = { processed: 0, restored: 0, commits: 0 };
  life.events$.subscribe((event) => {
    if (event.kind === 'restore-ended') counts.restored += event.restored;
    if (event.kind === 'committed') counts.commits++;
  });
  const drops = new Map<string, number>();
  const dropped = (node: string, reason: DropReason) =>
    drops.set(`${node} ${reason}`, (drops.get(`${node} ${reason}`) ?? 0) + 1);

  const parts: { run(): Promise<void>; stop(): void }[] = [];
  const releases: (() => Promise<void>)[] = [];
  const release = async (): Promise<void> => {
    const ends: PromiseSettledResult<void>[] = [];
    for (const let_go of releases.splice(0).reverse()) ends.push(...(await Promise.allSettled([let_go()])));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  if (options.closesTransport === true) releases.push(() => transport.close());
  try {
    const admin = await transport.admin();
    releases.push(() => admin.close());
    const plan = matchPatterns(planned, (await admin.topics()).keys());
    const told = { name: metadataTopic(plan.name), partitions: 1, config: metadataConfig };
    const topics = await prepareTopics(plan, transport, admin, endpoint === undefined ? [] : [told]);
    const bytes = await options.state.open(options.stateFolder);
    releases.push(() => bytes.close());
    const now = () => clock.now();
    const shared = { application: plan.name, bytes, dropped, liveLimit: settings.liveLimit };
    const globals = new GlobalTables({ ...shared, nodes: plan.globals, now });
    const clientId = `${plan.name}-global`;
    const follower =
      plan.globals.length === 0
        ? undefined
        : await GlobalTableUpdater.open({ transport, clientId, tables: globals, topics, bytes });
    const purge = new RepartitionPurge(plan, admin, clock, settings.purgeInterval);
    const registry = new TaskRegistry();
    const changes = new ChangeFeed();
    const limits = new CallLimits();
    const pauses = new Pauses();
    const subscriptions = new SubscriptionPlan(planned, plan, topics);
    const workers: Worker[] = [];
    if (follower !== undefined) parts.push({ run: () => follower.run(), stop: () => follower.stop() });
    const held = () => ({
      running: workers.flatMap(({ tasks }) => tasks.running.map(({ id }) => id)),
      opening: workers.flatMap(({ tasks }) => tasks.opening),
    });
    const moved$ = new Subject<void>();
    releases.push(async () => moved$.complete());
    const exchange =
      endpoint === undefined
        ? undefined
        : await MetadataExchange.open({
            transport,
            application: plan.name,
            clock,
            id: bytes.owner,
            endpoint,
            held,
            changed: () => moved$.next(),
          });
    if (exchange !== undefined) parts.push({ run: () => exchange.run(), stop: () => exchange.stop() });
    const wake = (): void => {
      for (const worker of workers) worker.wake();
    };
    const mend = async (): Promise<void> => {
      while (bytes.damage !== undefined) {
        wake();
        await registry.empty();
        await bytes.mend?.();
      }
    };
    const mends = bytes.mend !== undefined && plan.globals.length === 0;
    for (let index = 0; index < settings.workers; index++) {
      life.worker(index, 'created');
      const worker = await Worker.open({
        ...shared,
        ...settings,
        index,
        transport,
        subscriptions,
        globals,
        registry,
        changes,
        limits,
        mend: mends ? mend : undefined,
        pauses,
        clock,
        instanceId: options.instanceId,
        transactionalId: settings.exactlyOnce ? `${plan.name}-${bytes.owner}-${index}` : undefined,
        onError: options.onError,
        observer: options.observer,
        processed: (records) => (counts.processed += records),
        committed: (tasks) => purge.committed(tasks.flatMap((task) => task.offsets())),
        moved: () => {
          exchange?.moved();
          moved$.next();
        },
        phase: (phase) => life.worker(index, phase),
        emit: (event) => life.emit(event),
      });
      workers.push(worker);
      parts.push({ run: () => worker.run(), stop: () => worker.close() });
    }
    if (plan.subtopologies.some(({ tasksTopic }) => tasksTopic !== undefined)) {
      const joined = (names: readonly string[]): void => {
        life.emit({ kind: 'topics-joined', topics: names });
        for (const worker of workers) worker.wake();
      };
      const watch = new TopicWatcher({ admin, clock, interval: settings.matchInterval, subscriptions, joined });
      parts.push({ run: () => watch.run(), stop: () => watch.stop() });
    }
    const closed = reportUnhandled(untilOver(parts, release, life), plan.name, logger);
    const viewed = {
      bytes,
      changes,
      specs: subscriptions.stores,
      stores: () => workers.flatMap(({ tasks }) => tasks.running.flatMap(({ stores }) => stores.open)),
      partitions: (spec: AnyStoreSpec) => subscriptions.partitionsOf(spec),
    };
    const app: App = {
      name: plan.name,
      get state() {
        return life.state;
      },
      state$: life.state$,
      running: () => life.running(),
      events$: life.events$,
      get closed() {
        return closed.asked();
      },
      counts,
      drops,
      view: <K, V>(wanted: TableHandle<K, V> | string, { isolation = settings.isolation }: ViewOptions = {}) =>
        viewOf<K, V>(wanted, viewed, isolation),
      pause: (topic) => {
        pauses.pause(topic);
        wake();
      },
      resume: (topic) => {
        pauses.resume(topic);
        wake();
      },
      health: () => healthOf(life.state, workers, clock),
      metadata: metadataOf({
        subscriptions,
        id: bytes.owner,
        endpoint,
        held,
        others: () => exchange?.others ?? new Map(),
        changed$: moved$,
      }),
      close: () => {
        life.closing();
        for (const part of parts) part.stop();
        return closed.asked();
      },
    };
    if (options.signals === true) closeOnSignals(app, { clock, closeTimeout: settings.closeTimeout, logger });
    return app;
  } catch (thrown) {
    // A part that is told to stop before it runs only lets go of what it has.
    for (const part of parts) {
      part.stop();
      await part.run().catch(() => {});
    }
    await release().catch(() => {});
    life.end({ error: thrown });
    throw thrown;
  }
};

/** Runs all parts to their ends; one that fails stops the others. Then everything is let go of. */
const untilOver = async (
  parts: readonly { run(): Promise<void>; stop(): void }[],
  release: () => Promise<void>,
  life: Lifecycle,
): Promise<void> => {
  let failure: { readonly error: unknown } | undefined;
  const failed = (error: unknown): void => {
    failure ??= { error };
    for (const part of parts) part.stop();
  };
  await Promise.all(parts.map((part) => part.run().catch(failed)));
  await release().catch(failed);
  life.end(failure);
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
};
