/** The inspector over three processes of an application, of which one has another token. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inspector } from '@kstreams/inspector';
import { freePort } from '@kstreams/test-support/free-port';
import { QueriedApps } from '../queries/queried-app.js';

const token = 'a-token-of-some-length';
const endpoints: string[] = [];
let apps: QueriedApps;

const read = async (endpoint: string, path: string) =>
  JSON.parse(
    await (await fetch(`${endpoint}/inspect${path}`, { headers: { authorization: `Bearer ${token}` } })).text(),
  );

beforeAll(async () => {
  apps = await QueriedApps.open(3);
  for (const own of [token, token, 'another-token-of-a-length']) {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    endpoints.push(endpoint);
    await apps.begin({ endpoint, extensions: [inspector({ port, path: '/inspect', token: own })] });
  }
  await apps.placed(...apps.processes);
  await apps.send(...Array.from({ length: 30 }, (_, i): [string, number] => [`k${i}`, i]));
});
afterAll(() => apps.close());

test('any process has the reports of all that share its token, and names the others', async () => {
  for (const endpoint of endpoints.slice(0, 2)) {
    const { missing, processes } = await read(endpoint, '/api/processes');
    expect(processes.map((one: { endpoint: string }) => one.endpoint).sort()).toEqual(endpoints.slice(0, 2).sort());
    const tasks = processes.flatMap((one: { tasks: { id: string }[] }) => one.tasks.map(({ id }) => id));
    expect(new Set(tasks).size).toBe(tasks.length);
    expect(missing).toEqual([
      { instance: expect.any(String), endpoint: endpoints[2], reason: expect.stringContaining('responds 401') },
    ]);
  }
});

test('records of all processes are in one tail', async () => {
  const [endpoint = ''] = endpoints;
  const { topology } = await read(endpoint, '/api/application');
  const [source, reader] = topology.subtopologies[0].nodes.map(({ id }: { id: string }) => id);
  const tail = () => read(endpoint, `/api/tail?from=${source}&to=${reader}`);
  await tail();
  await apps.send(...Array.from({ length: 30 }, (_, i): [string, number] => [`k${i}`, i]));
  const { processes } = await tail();
  const tasks = await read(endpoint, '/api/processes');
  const running = tasks.processes.filter((one: { tasks: { id: string }[] }) =>
    one.tasks.some(({ id }) => /^0_/.test(id)),
  );
  expect(processes.filter(({ seen }: { seen: number }) => seen > 0).length).toBe(running.length);
});

test('rows that another process holds are read through any', async () => {
  const partition = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5'];
  for (const key of partition) {
    const owner = apps.processes[0]?.running.metadata.forKey('balances', key)?.endpoint;
    if (owner === endpoints[2]) continue;
    const row = await read(endpoints[0] ?? '', `/queries/stores/balances/get?key="${key}"`);
    expect(row).toMatchObject({ key, value: 2 * Number(key.slice(1)) });
  }
});

test('timelines and options of each process are gathered', async () => {
  const { processes } = await read(endpoints[1] ?? '', '/api/timeline');
  expect(processes).toHaveLength(2);
  for (const { events } of processes) expect(events.map(({ kind }: { kind: string }) => kind)).toContain('assigned');
  const configuration = await read(endpoints[1] ?? '', '/api/configuration');
  expect(
    configuration.processes.map(({ options }: { options: { endpoint: string } }) => options.endpoint).sort(),
  ).toEqual(endpoints.slice(0, 2).sort());
});
