/** A real Prometheus scrapes an application and evaluates queries. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { metricsServer, prometheus } from '@kstreams/prometheus';
import { freePort } from '@kstreams/test-support/free-port';
import { describeWith } from '@kstreams/test-support/services';
import { embedded, fromAsyncIterable, memory, start, streams, string, topic } from 'kstreams';

const words = topic('words', { key: string, value: string });

async function* entries(count: number) {
  for (let i = 0; i < count; i++) yield { key: `k${i % 3}`, value: 'w', timestamp: Date.now() };
}

/** Runs a function with an application that has counted 100 words and serves its metrics. */
const withApplication = async (use: (port: number) => Promise<void>): Promise<void> => {
  const transport = embedded();
  const admin = await transport.admin();
  await admin.create([{ name: words.name, partitions: 2, config: {} }]);
  await fromAsyncIterable(entries(100), words, { transport });
  const app = streams('scraped');
  app.stream(words).groupByKey().count({ name: 'counts' });
  const port = await freePort();
  const metrics = prometheus();
  const extensions = [metricsServer(metrics, { port })];
  const running = await start(app, { transport, state: memory(), telemetry: metrics, extensions });
  await running.running();
  while (running.counts.processed < 100) await new Promise((resolve) => setImmediate(resolve));
  try {
    await use(port);
  } finally {
    await running.close();
    await transport.close();
  }
};

test('the metrics of an application are served until it closes', async () => {
  let url = '';
  await withApplication(async (port) => {
    url = `http://127.0.0.1:${port}`;
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toMatch('text/plain; version=0.0.4');
    expect(await response.text()).toMatch(
      /^kstreams_records_processed_total\{.*messaging_destination_name="words".*\} 100$/m,
    );
    for (const path of ['/live', '/ready']) {
      const probe = await fetch(`${url}${path}`);
      expect([probe.status, await probe.json()]).toMatchObject([200, { live: true, ready: true, tasks: [{}, {}] }]);
    }
    for (const path of ['/other', '/', '//', '//evil:path']) expect((await fetch(`${url}${path}`)).status).toBe(404);
    expect((await fetch(`${url}/metrics?name=lag`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
  });
  await expect(fetch(`${url}/metrics`)).rejects.toThrow();
});

describeWith('prometheus', 'Prometheus', (binary) => {
  test('promtool finds no fault in the metrics', async () => {
    await withApplication(async (port) => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const promtool = join(dirname(binary), 'promtool');
      expect(execFileSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
    });
  });

  test('a scrape gives the lag and the 99th percentile of the latency', async () => {
    await withApplication(async (target) => {
      const folder = await mkdtemp(join(tmpdir(), 'kstreams-prometheus-'));
      const port = await freePort();
      await writeFile(
        join(folder, 'prometheus.yml'),
        JSON.stringify({
          global: { scrape_interval: '100ms' },
          scrape_configs: [{ job_name: 'kstreams', static_configs: [{ targets: [`127.0.0.1:${target}`] }] }],
        }),
      );
      const server = spawn(
        binary,
        [
          `--config.file=${join(folder, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      );
      try {
        expect(await queried(server, port, 'sum(kstreams_lag{kstreams_application="scraped"})')).toBe(0);
        const p99 = 'histogram_quantile(0.99, sum by (le) (kstreams_record_latency_seconds_bucket))';
        expect(await queried(server, port, p99)).toBeGreaterThan(0);
      } finally {
        server.kill();
        if (server.exitCode === null) await once(server, 'exit');
        await rm(folder, { recursive: true });
      }
    });
  });
});

/** Returns the value of a PromQL expression as soon as there is one. */
const queried = async (server: ChildProcess, port: number, expression: string): Promise<number> => {
  const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`;
  while (server.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    const body = response?.ok ? ((await response.json()) as QueryResponse) : undefined;
    const [, value] = body?.data.result[0]?.value ?? [];
    if (value !== undefined) return Number(value);
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`prometheus ended with code ${server.exitCode}`);
};

interface QueryResponse {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}
