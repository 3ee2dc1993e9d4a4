import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkOptions, MetricRegistry } from '@kstreams/core/graph';
import { anyone, type Queries, queries } from '@kstreams/query';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { Admission } from './http/admission.js';
import { isPagePath, pageFile } from './http/page-files.js';
import { Refusal } from './http/refusal.js';
import { sendFile, sendJson, sendRefusal } from './http/responses.js';
import { type InspectorOptions, inspectorChecks, tokenOf } from './options.js';
import { LocalProcess } from './processes/local-process.js';
import { localHeader, Peers } from './processes/peers.js';

/** An extension with a handler of the inspector. */
export interface InspectorHandler extends Extension {
  /** The token that requests must have. */
  readonly token: string;
  /** Handles a request of Node's HTTP server, or of a framework on it: express, fastify, hono. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * Creates an extension that serves the inspector in a server of the program. Its page is at the path of the mount, with a
 * slash, and needs the token in the fragment: `/inspector/#token=…`.
 *
 * @example
 * const inspect = inspectorHandler({ token: process.env.INSPECTOR_TOKEN ?? '', path: '/inspector' })
 * createServer(inspect.handler).listen(8080, '127.0.0.1')
 * const running = await start(shop, { extensions: [inspect] })
 */
export const inspectorHandler = (options: InspectorOptions = {}): InspectorHandler => {
  checkOptions('inspectorHandler', options, inspectorChecks);
  return new HttpHandler(options);
};

/** The most requests at once, without those of stores. */
const mostRequests = 50;

/** The parts of a handler while its application runs. */
interface Served {
  readonly process: LocalProcess;
  readonly letters: DeadLetters;
  readonly peers: Peers;
}

/** A request below the mount. */
interface Routed {
  readonly path: string;
  readonly search: URLSearchParams;
  /** The path with its parameters. */
  readonly url: string;
  /** True for a request of another process, which is not gathered again. */
  readonly local: boolean;
}

class HttpHandler implements InspectorHandler {
  readonly name = 'inspector';
  readonly token: string;
  readonly telemetry = new MetricRegistry();
  readonly #path: string;
  readonly #hosts: readonly string[];
  readonly #records: boolean;
  readonly #replays: boolean;
  readonly #onError: (error: unknown) => void;
  readonly #queries: Queries;
  #admission: Admission;
  #served: Served | undefined;
  #running = 0;

  constructor({ hosts = [], onError = () => {}, path = '', records = true, replay = false, token }: InspectorOptions) {
    this.token = tokenOf(token);
    this.#path = path;
    this.#hosts = hosts;
    this.#records = records;
    this.#replays = replay;
    this.#onError = onError;
    this.#admission = new Admission({ token: this.token, hosts });
    // Requests are admitted before they reach the queries.
    this.#queries = queries({ authorize: anyone, path: `${path}/queries`, onError });
  }

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => void this.#handle(request, response);

  async started(application: StartedApplication): Promise<void> {
    const { endpoint } = application.options;
    const own = endpoint !== undefined && URL.canParse(endpoint) ? [new URL(endpoint).hostname] : [];
    this.#admission = new Admission({ token: this.token, hosts: [...this.#hosts, ...own] });
    await this.#queries.started(application);
    this.#served = {
      process: new LocalProcess(application, this.telemetry),
      letters: new DeadLetters(application, this.#replays),
      peers: new Peers(application, this.#path, this.token),
    };
  }

  async closing(): Promise<void> {
    this.#served?.process.close();
    this.#served = undefined;
    await this.#queries.closing?.();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#running++;
    try {
      const routed = this.#routeOf(request);
      this.#admission.check(request, isPagePath(routed.path));
      if (this.#running > mostRequests) throw new Refusal(429, `${mostRequests} requests run already: try again later`);
      await this.#respond(routed, request, response);
    } catch (thrown) {
      const refusal = thrown instanceof Refusal ? thrown : new Refusal(500, 'the option "onError" receives the error');
      if (!(thrown instanceof Refusal)) this.#onError(thrown);
      if (!response.headersSent && !response.destroyed) sendRefusal(response, refusal);
    } finally {
      this.#running--;
    }
  }

  #routeOf({ headers, url = '/' }: IncomingMessage): Routed {
    const below = url.startsWith(this.#path) ? url.slice(this.#path.length) : '';
    if (!below.startsWith('/')) throw new Refusal(404, `the inspector is at ${this.#path}/`);
    const at = below.indexOf('?');
    return {
      path: at < 0 ? below : below.slice(0, at),
      search: new URLSearchParams(at < 0 ? '' : below.slice(at + 1)),
      url: below,
      local: headers[localHeader] !== undefined,
    };
  }

  async #respond(routed: Routed, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path } = routed;
    if (path.startsWith('/queries/')) {
      if (!this.#records) throw new Refusal(403, 'this inspector serves no records');
      // Its origin is admitted.
      request.headers.origin = undefined;
      return this.#queries.handler(request, response);
    }
    if (path === '/api/replay' || path === '/api/dead-letters') return this.#deadLetters(path, request, response);
    if (request.method !== 'GET') throw new Refusal(405, 'use GET');
    if (isPagePath(path)) {
      const { content, type } = await pageFile(path);
      return sendFile(response, type, content);
    }
    sendJson(response, await this.#read(routed));
  }

  async #deadLetters(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = path === '/api/replay' ? 'POST' : 'GET';
    if (request.method !== method) throw new Refusal(405, `use ${method}`);
    if (!this.#records) throw new Refusal(403, 'this inspector serves no records');
    const { letters } = this.#open;
    sendJson(response, await (method === 'POST' ? letters.replay(request) : letters.read()));
  }

  get #open(): Served {
    if (this.#served === undefined) throw new Refusal(503, 'it is starting or closing');
    return this.#served;
  }

  async #read({ local, path, search, url }: Routed): Promise<unknown> {
    const { peers, process } = this.#open;
    if (path === '/api/application') return process.application(this.#records);
    const own = process.read(path, search, this.#records);
    return local ? own : peers.gather(url, own);
  }
}
