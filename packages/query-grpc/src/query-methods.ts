import type { ServerUnaryCall, ServerWritableStream, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Cancel } from '@kstreams/core/graph';
import {
  partitionsHeader,
  type QueryRequest,
  type QueryService,
  resultJson,
  type SentEvent,
} from '@kstreams/query/service';
import { CallConnection } from './call-connection.js';
import type { PeerRequest, RequestMessage } from './messages.js';
import { problemStatus } from './problem-status.js';
import { requestParameters } from './request-parameters.js';
import { resultMessage } from './result-message.js';

type UnaryCall<M> = ServerUnaryCall<M, object>;
type StreamCall<M> = ServerWritableStream<M, object>;

/** Returns the methods of `QueryService`. */
export const queryMethods = (service: QueryService): UntypedServiceImplementation => {
  const read =
    (operation: QueryRequest['operation']) =>
    async (call: UnaryCall<RequestMessage>, respond: sendUnaryData<object>): Promise<void> => {
      const { request: message } = call;
      const request = { ...partsOf(call), operation, store: message.store, parameters: requestParameters(message) };
      await service
        .read(request, (result) => respond(null, resultMessage(result)))
        .catch((thrown) => respond(problemStatus(service.problemOf(thrown, message.store))));
    };
  return {
    listStores: read('stores'),
    get: read('get'),
    scan: read('rows'),
    windows: read('windows'),
    count: read('count'),
    subscribe: (call: StreamCall<RequestMessage>) => {
      const { after = '', store } = call.request;
      return subscribe(service, call, { store, parameters: [] }, after, eventMessage);
    },
  };
};

/** Returns the methods of `Peers`. */
export const peerMethods = (service: QueryService): UntypedServiceImplementation => {
  const requestOf = (call: UnaryCall<PeerRequest> | StreamCall<PeerRequest>): QueryRequest => {
    const { operation, parameters, partitions, store } = call.request;
    const { headers, onceLeft } = partsOf(call);
    return {
      operation: operation as QueryRequest['operation'],
      store,
      parameters: Object.entries(parameters),
      headers: { ...headers, [partitionsHeader]: partitions.join(',') },
      onceLeft,
    };
  };
  return {
    read: async (call: UnaryCall<PeerRequest>, respond: sendUnaryData<object>) => {
      await service
        .read(requestOf(call), (result) => respond(null, { json: resultJson(result) }))
        .catch((thrown) => respond(problemStatus(service.problemOf(thrown, call.request.store))));
    },
    changes: (call: StreamCall<PeerRequest>) =>
      subscribe(service, call, requestOf(call), call.request.after, ({ partition, position, rows, type }) => ({
        type,
        partition,
        position,
        rows,
      })),
  };
};

const subscribe = async (
  service: QueryService,
  call: StreamCall<unknown>,
  request: Pick<QueryRequest, 'store' | 'parameters'> & Partial<QueryRequest>,
  after: string,
  message: (event: SentEvent) => object,
): Promise<void> => {
  const parts = partsOf(call);
  try {
    await service.subscribe(
      { ...parts, ...request, operation: 'changes' },
      after,
      () => new CallConnection(call, request.onceLeft ?? parts.onceLeft, message),
    );
  } catch (thrown) {
    call.emit('error', problemStatus(service.problemOf(thrown, request.store)));
  }
};

const eventMessage = ({ rows, type, ...event }: SentEvent): object => ({
  ...event,
  type: type.toUpperCase(),
  ...(rows !== undefined && { rows: `[${rows}]` }),
});

/** Returns the headers of a call. Its client leaves by a cancellation, or by its deadline. */
const partsOf = (call: UnaryCall<unknown> | StreamCall<unknown>): Pick<QueryRequest, 'headers' | 'onceLeft'> => {
  const onceLeft = (listener: () => void): Cancel => {
    if (call.cancelled) listener();
    else call.once('cancelled', listener);
    return () => void call.off('cancelled', listener);
  };
  const entries = Object.entries(call.metadata.getMap());
  const headers = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  // Only the requests between processes name partitions.
  delete headers[partitionsHeader];
  return { headers, onceLeft };
};
