import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { checkOptions, messageOf, type OptionChecks, option } from '@kstreams/core/graph';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import type { PrometheusTelemetry } from './prometheus.js';

/** Options of {@link metricsServer}. */
export interface MetricsServerOptions {
  /** Default 9464, the port of OpenTelemetry's exporter. */
  readonly port?: number;
  /** The address to listen at. Default `127.0.0.1`: give `0.0.0.0` to let other machines read the metrics. */
  readonly host?: string;
}

/**
 * Creates an extension that serves `GET /metrics` while the application runs, and its health for probes: `GET /live` and
 * `GET /ready` respond 200, or 503 while the application is not, with `health()` as JSON.
 *
 * @throws Error from `start` when the port is taken.
 */
export const metricsServer = (metrics: PrometheusTelemetry, options: MetricsServerOptions = {}): Extension => {
  checkOptions('metricsServer', options, serverOptions);
  const { host = '127.0.0.1', port = 9464 } = options;
  const server = createServer();
  return {
    name: 'metrics-server',
    started: (application) =>
      new Promise<void>((resolve, reject) => {
        server.on('request', (request, response) => void respond(metrics, application, request, response));
        server.once('error', reject);
        server.listen(port, host, resolve);
      }),
    closing: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const serverOptions: OptionChecks<MetricsServerOptions> = {
  port: option.whole(0),
  host: option.text,
};

const paths = ['/metrics', '/live', '/ready'];

const respond = async (
  { register }: PrometheusTelemetry,
  application: Pick<StartedApplication, 'health'>,
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { pathname } = new URL(url, 'http://localhost');
  if (!paths.includes(pathname)) return void response.writeHead(404).end(`not found: GET ${paths.join(', ')}\n`);
  if (method !== 'GET' && method !== 'HEAD') {
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end('use GET\n');
  }
  if (pathname !== '/metrics') {
    const health = application.health();
    const healthy = pathname === '/live' ? health.live : health.ready;
    response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    return void response.end(`${JSON.stringify(health)}\n`);
  }
  try {
    const text = await register.metrics();
    response.writeHead(200, { 'content-type': register.contentType }).end(text);
  } catch (thrown) {
    response.writeHead(500).end(`the metrics could not be read: ${messageOf(thrown)}\n`);
  }
};
