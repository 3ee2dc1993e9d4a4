import { type ChannelCredentials, Client, credentials, Metadata, type ServiceDefinition } from '@grpc/grpc-js';
import type { Forwarded, PeerClient, PeerEvent } from '@kstreams/query/service';
import { loadProto, serviceOf } from './definitions.js';
import type { PeerRequest } from './messages.js';
import { problemOfStatus } from './problem-status.js';

/** Sends requests to other processes over gRPC. */
export class GrpcPeers implements PeerClient {
  readonly #addressOf: (endpoint: string) => string;
  readonly #credentials: ChannelCredentials;
  readonly #service: ServiceDefinition = serviceOf(loadProto('peers'), 'kstreams.query.peers.Peers');
  readonly #clients = new Map<string, Client>();

  /** `addressOf` returns the address of a process by its endpoint. */
  constructor(addressOf: (endpoint: string) => string, channel = credentials.createInsecure()) {
    this.#addressOf = addressOf;
    this.#credentials = channel;
  }

  async read(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<unknown> {
    const method = this.#method('Read');
    const { signal } = request;
    const { json } = await new Promise<{ readonly json: string }>((resolve, reject) => {
      const call = this.#clientOf(endpoint).makeUnaryRequest<PeerRequest, { readonly json: string }>(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        messageOf(request, partitions, ''),
        metadataOf(request),
        (error, response) => {
          signal.removeEventListener('abort', cancel);
          if (response === undefined) reject(problemOfStatus(error) ?? error);
          else resolve(response);
        },
      );
      const cancel = (): void => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
    });
    return JSON.parse(json);
  }

  async *changes(
    endpoint: string,
    partitions: readonly number[],
    request: Forwarded,
    after: string,
  ): AsyncGenerator<PeerEvent> {
    const method = this.#method('Changes');
    const call = this.#clientOf(endpoint).makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      messageOf(request, partitions, after),
      metadataOf(request),
    );
    const cancel = (): void => call.cancel();
    request.signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const event of call) if (isRelayed(event)) yield event;
    } catch (thrown) {
      throw problemOfStatus(thrown) ?? thrown;
    } finally {
      request.signal.removeEventListener('abort', cancel);
      cancel();
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #method(name: string) {
    return this.#service[name] as ServiceDefinition[string];
  }

  #clientOf(endpoint: string): Client {
    const known = this.#clients.get(endpoint) ?? new Client(this.#addressOf(endpoint), this.#credentials);
    this.#clients.set(endpoint, known);
    return known;
  }
}

/** False for the events about the connection itself. */
const isRelayed = (event: PeerEvent | { readonly type: 'begin' | 'unavailable' }): event is PeerEvent =>
  event.type !== 'begin' && event.type !== 'unavailable';

const messageOf = (
  { operation, parameters, store }: Forwarded,
  partitions: readonly number[],
  after: string,
): PeerRequest => ({ operation, store, parameters: Object.fromEntries(parameters), partitions, after });

const metadataOf = ({ authorization }: Forwarded): Metadata => {
  const metadata = new Metadata();
  if (authorization !== undefined) metadata.set('authorization', authorization);
  return metadata;
};
