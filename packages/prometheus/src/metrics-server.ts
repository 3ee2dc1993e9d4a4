import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { checkOptions, messageOf, type OptionChecks, option } from '@kstreams/core/graph';
import type { Extension } from '@kstreams/runtime';
import type { PrometheusTelemetry } from './prometheus.js';

/** Options of {@link metricsServer}. */
export interface MetricsServerOptions {
  /** Default 9464, the port of OpenTelemetry's exporter. */
  readonly port?: number;
  /** The address to listen at. Default `127.0.0.1`: give `0.0.0.0` to let other machines read the metrics. */
  readonly host?: string;
}

/**
 * Creates an extension that serves `GET /metrics` while the application runs.
 *
 * @throws Error from `start` when the port is taken.
 */
export const metricsServer = (metrics: PrometheusTelemetry, options: MetricsServerOptions = {}): Extension => {
  checkOptions('metricsServer', options, serverOptions);
  const { host = '127.0.0.1', port = 9464 } = options;
  const server = createServer((request, response) => void respond(metrics, request, response));
  return {
    name: 'metrics-server',
    started: () =>
      new Promise<void>((resolve, reject) => {
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

const respond = async (
  { register }: PrometheusTelemetry,
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { pathname } = new URL(url, 'http://localhost');
  if (pathname !== '/metrics') return void response.writeHead(404).end('not found: GET /metrics\n');
  if (method !== 'GET' && method !== 'HEAD') {
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end('use GET\n');
  }
  try {
    const text = await register.metrics();
    response.writeHead(200, { 'content-type': register.contentType }).end(text);
  } catch (thrown) {
    response.writeHead(500).end(`the metrics could not be read: ${messageOf(thrown)}\n`);
  }
};
