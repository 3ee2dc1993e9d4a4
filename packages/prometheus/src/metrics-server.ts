import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkOptions, messageOf } from '@kstreams/core/graph';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { addressChecks, HttpServer } from '@kstreams/runtime/http';
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
 * @throws ConfigError from `start` when the port is taken, or the address is refused.
 */
export const metricsServer = (metrics: PrometheusTelemetry, options: MetricsServerOptions = {}): Extension => {
  checkOptions('metricsServer', options, addressChecks);
  const { host = '127.0.0.1', port = 9_464 } = options;
  const server = new HttpServer(
    { open: (application) => (request, response) => void respond(metrics, application, request, response) },
    { host, port },
  );
  return {
    name: 'metrics-server',
    started: (application) => server.started(application),
    closing: () => server.closing(),
  };
};

const paths = ['/metrics', '/live', '/ready'];

const respond = async (
  { register }: PrometheusTelemetry,
  application: Pick<StartedApplication, 'health'>,
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const [pathname = ''] = url.split('?', 1);
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
