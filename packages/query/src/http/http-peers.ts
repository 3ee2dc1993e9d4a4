import type { ProblemBody, ProblemCode } from '../protocol/bodies.js';
import { EventParser, type ServerEvent } from '../protocol/event-parser.js';
import { piecesOf } from '../protocol/pieces-of.js';
import { type Forwarded, type PeerClient, type PeerEvent, partitionsHeader } from '../routing/peer-client.js';
import { Problem, unavailable } from '../service/problem.js';

/** Sends requests to other processes over HTTP. */
export class HttpPeers implements PeerClient {
  readonly #path: string;

  /** `path` is the mount of the handler below the endpoints of all processes. */
  constructor(path: string) {
    this.#path = path;
  }

  async read(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<unknown> {
    return (await this.#fetch(endpoint, partitions, request)).json();
  }

  async *changes(
    endpoint: string,
    partitions: readonly number[],
    request: Forwarded,
    after: string,
  ): AsyncGenerator<PeerEvent> {
    const parser = new EventParser();
    const { body } = await this.#fetch(endpoint, partitions, request, { 'last-event-id': after });
    for await (const piece of piecesOf(body, request.signal)) {
      for (const event of parser.add(piece)) {
        const decoded = decodeEvent(event);
        if (decoded !== undefined) yield decoded;
      }
    }
  }

  /** `fetch` keeps its connections for a few seconds. */
  close(): void {}

  async #fetch(
    endpoint: string,
    partitions: readonly number[],
    { authorization, operation, parameters, signal, store }: Forwarded,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const headers = {
      ...more,
      [partitionsHeader]: partitions.join(','),
      ...(authorization !== undefined && { authorization }),
    };
    const search = new URLSearchParams(Object.fromEntries(parameters));
    const url = `${endpoint}${this.#path}/stores/${encodeURIComponent(store)}/${operation}?${search}`;
    const response = await fetch(url, { headers, signal, redirect: 'error' });
    if (response.ok) return response;
    throw problemFrom((await response.json()) as Partial<ProblemBody>);
  }
}

const decodeEvent = ({ data, type }: ServerEvent): PeerEvent | undefined => {
  const { partition, position, rows } = JSON.parse(data) as {
    readonly partition: number;
    readonly position: string;
    readonly rows: readonly unknown[];
  };
  const texts = (): string => rows.map((row) => JSON.stringify(row)).join(',');
  switch (type) {
    case 'reset':
      return { type, partition };
    case 'rows':
      return { type, partition, rows: texts() };
    case 'complete':
      return { type, partition, position };
    case 'changes':
      return { type, partition, position, rows: texts() };
    default:
      return undefined;
  }
};

/** Returns the problem of a response. */
const problemFrom = ({ detail, stale, type }: Partial<ProblemBody>): Problem => {
  const code = (typeof type === 'string' ? /^urn:kstreams:problem:([a-z-]+)$/.exec(type)?.[1] : undefined) as
    | ProblemCode
    | undefined;
  if (code === 'unavailable') return unavailable(String(detail));
  return code === undefined
    ? unavailable('another process gave no valid response')
    : new Problem(code, String(detail), {}, stale);
};
