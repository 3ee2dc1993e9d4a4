/** Queries over gRPC: with a client of the .proto file, and with grpcurl. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  makeGenericClientConstructor,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterEach, describe, expect, test } from '@jest/globals';
import { anyone, bearer } from '@kstreams/query';
import { type GrpcQueryServerOptions, grpcQueryServer } from '@kstreams/query-grpc';
import { freePort } from '@kstreams/test-support/free-port';
import { describeWith } from '@kstreams/test-support/services';
import { MetricRegistry } from 'kstreams';
import { loadProto, serviceOf } from '../../../query-grpc/src/definitions.js';
import { GrpcPeers } from '../../../query-grpc/src/grpc-peers.js';
import { type Queried, QueriedApps, waitingReads } from './queried-app.js';

const releases: (() => unknown)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

const proto = fileURLToPath(import.meta.resolve('@kstreams/query-grpc/query.proto'));
const loaded = loadPackageDefinition(loadSync(proto, { longs: Number, enums: String, defaults: true, oneofs: true }));
const QueryClient = (loaded.kstreams as { query: { v1: { QueryService: ServiceClientConstructor } } } & typeof loaded)
  .query.v1.QueryService;

/** Starts a process that serves queries over gRPC. */
const begin = async (apps: QueriedApps, options: Partial<GrpcQueryServerOptions> = {}, telemetry?: MetricRegistry) => {
  const port = await freePort();
  const server = grpcQueryServer({ authorize: anyone, port, onError: (error) => apps.errors.push(error), ...options });
  const started = await apps.begin({
    endpoint: `http://127.0.0.1:${port}`,
    extensions: [server],
    ...(telemetry !== undefined && { telemetry }),
  });
  const address = `127.0.0.1:${server.port}`;
  const client = new QueryClient(address, credentials.createInsecure());
  releases.push(() => client.close());
  // biome-ignore lint/suspicious/noExplicitAny: the messages of a .proto file have no types.
  const call = (method: string, request: object, metadata = new Metadata(), deadline?: Date): Promise<any> =>
    new Promise((resolve, reject) => {
      client[method]?.(
        request,
        metadata,
        deadline === undefined ? {} : { deadline },
        (error: unknown, response: unknown) => (error ? reject(error) : resolve(response)),
      );
    });
  return { address, call, client, started };
};

const open = async (partitions = 3): Promise<QueriedApps> => {
  const apps = await QueriedApps.open(partitions);
  releases.push(() => apps.close());
  return apps;
};

const rowsOf = ({ rows }: { readonly rows: string }): unknown[] =>
  (JSON.parse(rows) as { key: unknown; value: unknown }[]).map(({ key, value }) => [key, value]);

const Health = makeGenericClientConstructor(
  serviceOf(loadProto('health'), 'grpc.health.v1.Health'),
  'grpc.health.v1.Health',
);

/** Resolves to the status with which a subscription ends. */
const endOf = (stream: ClientReadableStream<unknown>): Promise<{ readonly code: number }> =>
  new Promise((resolve) => void stream.on('error', (error) => resolve(error as Error & { readonly code: number })));

/** Applies the events of a subscription. */
class Subscriber {
  readonly #rows = new Map<number, Map<string, number>>();
  readonly stream: ClientReadableStream<unknown>;
  readonly ended: Promise<{ readonly code: number }>;
  id = '';
  #changed: () => void = () => {};

  constructor(stream: ClientReadableStream<unknown>) {
    this.stream = stream;
    stream.on('data', (event) => this.#apply(event));
    this.ended = endOf(stream);
  }

  /** Resolves when the content of all partitions is as expected. */
  async until(expected: Readonly<Record<string, number>>): Promise<void> {
    const content = () => JSON.stringify([...this.#rows.values()].flatMap((rows) => [...rows]).sort());
    while (content() !== JSON.stringify(Object.entries(expected).sort())) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  #apply(event: { type: string; partition: number; id: string; rows: string }): void {
    const rows = event.type === 'RESET' ? new Map<string, number>() : (this.#rows.get(event.partition) ?? new Map());
    if (event.type !== 'BEGIN') this.#rows.set(event.partition, rows);
    for (const row of JSON.parse(event.rows || '[]') as { key: string; value: number; deleted?: boolean }[]) {
      if (row.deleted === true) rows.delete(row.key);
      else rows.set(row.key, row.value);
    }
    if (event.id !== '') this.id = event.id;
    this.#changed();
  }
}

describe('a client of the .proto file', () => {
  test('reads stores, keys, pages, windows and counts', async () => {
    const apps = await open();
    const telemetry = new MetricRegistry();
    const { call, started } = await begin(apps, {}, telemetry);
    await started.running.running();
    await apps.send(['ann', 5], ['anton', 7], ['bob', 1], ['ann', -2], ['cecil', 4]);
    expect(await call('ListStores', {})).toMatchObject({ application: 'bank', stores: { length: 4 } });
    const { row } = await call('Get', { store: 'balances', key: '"ann"' });
    expect(JSON.parse(row)).toEqual({ key: 'ann', value: 3, timestamp: 3_000 });
    const first = await call('Scan', { store: 'balances', limit: 2 });
    expect(rowsOf(first)).toEqual([
      ['ann', 3],
      ['anton', 7],
    ]);
    const second = await call('Scan', { store: 'balances', limit: 2, pageToken: first.nextPageToken });
    expect([rowsOf(second), second.nextPageToken]).toEqual([
      [
        ['bob', 1],
        ['cecil', 4],
      ],
      '',
    ]);
    expect(rowsOf(await call('Scan', { store: 'balances', prefix: '"an"', reverse: true }))).toEqual([
      ['anton', 7],
      ['ann', 3],
    ]);
    expect(rowsOf(await call('Scan', { store: 'balances', from: '"b"', to: '"c"' }))).toEqual([['bob', 1]]);
    expect(rowsOf(await call('Windows', { store: 'per-minute', key: '"ann"', from: 0, to: 60_000 }))).toEqual([
      [{ key: 'ann', start: 0, end: 60_000 }, 2],
    ]);
    expect(rowsOf(await call('Windows', { store: 'per-minute', key: '"ann"', from: 1 }))).toEqual([]);
    expect(rowsOf(await call('Windows', { store: 'visits', key: '"ann"' }))).toMatchObject([[{ start: 0 }, 2]]);
    expect(await call('Count', { store: 'balances', freshness: { isolation: 'latest' } })).toMatchObject({ count: 4 });
    const requests = telemetry.collect().filter(({ instrument }) => instrument.name === 'kstreams.query.requests');
    expect(new Set(requests.map(({ attributes }) => attributes['kstreams.query.protocol']))).toEqual(new Set(['grpc']));
  });

  test('gets the status and the problem of a refusal', async () => {
    const apps = await open();
    const token = 'a-token-of-some-length';
    const { call, client, started } = await begin(apps, { authorize: bearer(token), limits: { time: 300 } });
    await started.running.running();
    const allowed = new Metadata();
    allowed.set('authorization', `Bearer ${token}`);
    const problem = (method: string, request: object, metadata = allowed, deadline?: Date) =>
      call(method, request, metadata, deadline).then(
        () => undefined,
        ({ code, metadata: trailers }) => [code, trailers.get('kstreams-problem')[0]],
      );
    expect(await problem('Count', { store: 'balances' }, new Metadata())).toEqual([
      status.UNAUTHENTICATED,
      'unauthorized',
    ]);
    expect(await problem('Get', { store: 'balances', key: '"nobody"' })).toEqual([status.NOT_FOUND, 'no-such-row']);
    expect(await problem('Count', { store: 'nothing' })).toEqual([status.NOT_FOUND, 'no-such-store']);
    expect(await problem('Get', { store: 'balances', key: 'ann' })).toEqual([status.INVALID_ARGUMENT, 'bad-request']);
    const subscription = client.Subscribe?.({ store: 'nothing' }, allowed) as ClientReadableStream<unknown>;
    expect((await endOf(subscription)).code).toBe(status.NOT_FOUND);
    const never = { store: 'balances', freshness: { atLeast: [{ topic: 'movements', partition: 0, offset: 99 }] } };
    expect(await problem('Count', never)).toEqual([status.DEADLINE_EXCEEDED, 'too-slow']);
    const soon = new Date(Date.now() + 50);
    expect(await problem('Count', never, allowed, soon)).toEqual([status.DEADLINE_EXCEEDED, undefined]);
    const long = { store: 'balances', key: `"${'k'.repeat(70_000)}"` };
    expect(await problem('Get', long)).toEqual([status.RESOURCE_EXHAUSTED, undefined]);
  });

  test('runs no operation between processes that it is not authorized for', async () => {
    const apps = await open(1);
    const operations: string[] = [];
    const authorize: GrpcQueryServerOptions['authorize'] = ({ operation }) => {
      operations.push(operation);
      return operation === 'stores' || operation === 'count';
    };
    const { address, started } = await begin(apps, { authorize });
    await started.running.running();
    const peers = new GrpcPeers((endpoint) => endpoint);
    releases.push(() => peers.close());
    const { signal } = new AbortController();
    const request = { store: 'balances', parameters: [], authorization: undefined, partitions: undefined, signal };
    expect(await peers.read(address, [0], { ...request, operation: 'count' })).toEqual({ count: 0 });
    await expect(peers.read(address, [0], { ...request, operation: 'stores' })).rejects.toThrow('no such operation');
    await expect(peers.read(address, [0], { ...request, operation: 'rows' })).rejects.toThrow('authorization');
    const changes = peers.changes(address, [0], { ...request, operation: 'stores' }, '');
    await expect(changes[Symbol.asyncIterator]().next()).rejects.toThrow('authorization');
    expect(operations).toEqual(['count', 'stores', 'rows', 'changes']);
  });

  test('follows changes of all processes, and continues after the last id at another one', async () => {
    const apps = await open(4);
    const one = await begin(apps);
    const other = await begin(apps);
    await apps.placed(one.started, other.started);
    await apps.send(['k1', 1], ['k2', 2], ['k3', 3], ['k4', 4]);
    const first = new Subscriber(one.client.Subscribe?.({ store: 'balances' }) as ClientReadableStream<unknown>);
    await first.until({ k1: 1, k2: 2, k3: 3, k4: 4 });
    await apps.send(['k1', 10], ['k4', 10]);
    await first.until({ k1: 11, k2: 2, k3: 3, k4: 14 });
    for (const { call } of [one, other]) {
      expect(rowsOf(await call('Scan', { store: 'balances', limit: 3 }))).toEqual([
        ['k1', 11],
        ['k2', 2],
        ['k3', 3],
      ]);
      expect(await call('Count', { store: 'balances' })).toMatchObject({ count: 4 });
      expect(JSON.parse((await call('Get', { store: 'balances', key: '"k4"' })).row)).toMatchObject({ value: 14 });
    }
    first.stream.cancel();
    await apps.send(['k2', 10]);
    const request = { store: 'balances', after: first.id };
    const second = new Subscriber(other.client.Subscribe?.(request) as ClientReadableStream<unknown>);
    await second.until({ k2: 12 });
    await closed(other.started, apps);
    expect((await second.ended).code).toBe(status.UNAVAILABLE);
  });

  test('gets the results of its running calls while the application closes, and no new ones', async () => {
    const apps = await open(4);
    const { allow, authorize, begun } = waitingReads();
    const one = await begin(apps);
    const other = await begin(apps, { authorize });
    await apps.placed(one.started, other.started);
    await apps.send(...Array.from({ length: 40 }, (_, i): [string, number] => [`k${i}`, i]));
    const { key, store } = await apps.heldBy(other.started);
    const health = new Health(one.address, credentials.createInsecure());
    releases.push(() => health.close());
    const watch = health.watch?.({}) as ClientReadableStream<{ readonly status: string }>;
    const statuses: string[] = [];
    watch.on('data', (response) => statuses.push(response.status));
    const watched = new Promise((resolve) => watch.once('end', resolve));
    await new Promise((resolve) => watch.once('data', resolve));
    const forwarded = one.call('Get', { store, key: JSON.stringify(key) });
    await Promise.race([begun, forwarded]);
    const closing = closed(one.started, apps);
    await watched;
    expect(statuses).toEqual(['SERVING', 'NOT_SERVING']);
    await expect(one.call('Count', { store: 'balances' })).rejects.toMatchObject({ code: status.UNAVAILABLE });
    allow();
    expect(JSON.parse((await forwarded).row)).toMatchObject({ key });
    await closing;
  });

  test('that reads nothing is dropped', async () => {
    const apps = await open(1);
    const { client, started } = await begin(apps, { limits: { buffered: 100_000, time: 50 } });
    await started.running.running();
    const stream = client.Subscribe?.({ store: 'balances' }) as ClientReadableStream<unknown>;
    const ended = endOf(stream);
    await new Promise((resolve) => stream.once('metadata', resolve));
    stream.pause();
    for (let i = 0; i < 12; i++) await apps.send([`${'k'.repeat(100_000)}${i}`, i]);
    stream.on('data', () => {});
    expect((await ended).code).toBe(status.RESOURCE_EXHAUSTED);
  });
});

/** Closes a process. */
const closed = async (started: Queried, apps: QueriedApps): Promise<void> => {
  apps.processes.splice(apps.processes.indexOf(started), 1);
  await started.running.close();
};

describeWith('grpcurl', 'grpcurl', (binary) => {
  test('finds the services by reflection, reads rows and follows changes', async () => {
    const apps = await open();
    const { address, started } = await begin(apps);
    await started.running.running();
    await apps.send(['ann', 5], ['bob', 7]);
    const run = async (...parameters: readonly string[]): Promise<string> =>
      (await promisify(execFile)(binary, ['-plaintext', ...parameters])).stdout;
    expect((await run(address, 'list')).trim().split('\n')).toEqual([
      'grpc.health.v1.Health',
      'grpc.reflection.v1.ServerReflection',
      'kstreams.query.v1.QueryService',
    ]);
    expect(await run(address, 'describe', 'kstreams.query.v1.QueryService')).toContain('rpc Subscribe');
    expect(await run(address, 'describe', 'kstreams.query.v1.ScanRequest')).toContain('string page_token = 7');
    expect(JSON.parse(await run(address, 'grpc.health.v1.Health/Check'))).toEqual({ status: 'SERVING' });
    const method = (name: string): string => `kstreams.query.v1.QueryService/${name}`;
    const get = JSON.stringify({ store: 'balances', key: '"ann"' });
    const { row } = JSON.parse(await run('-d', get, address, method('Get'))) as { readonly row: string };
    expect(JSON.parse(row)).toMatchObject({ key: 'ann', value: 5 });
    const store = JSON.stringify({ store: 'balances' });
    expect(JSON.parse(await run('-d', store, address, method('Count')))).toEqual({ count: '2' });
    const followed = run('-max-time', '1', '-d', store, address, method('Subscribe'));
    await expect(followed).rejects.toMatchObject({ stdout: expect.stringContaining('"COMPLETE"') });
    const unknown = run('-d', JSON.stringify({ store: 'nothing' }), address, method('Count'));
    await expect(unknown).rejects.toMatchObject({ stderr: expect.stringContaining('Code: NotFound') });
  });
});
