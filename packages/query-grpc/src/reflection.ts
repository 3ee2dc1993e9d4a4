import { type Server, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { isService, loadProto, type ProtoFile, serviceOf } from './definitions.js';

interface ReflectionRequest {
  readonly messageRequest?: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly listServices?: string;
}

/** Adds the reflection service of gRPC to a server: clients find its services and messages without .proto files. */
export const addReflection = (server: Server, others: readonly ProtoFile[]): void => {
  const own = loadProto('reflection');
  const files = [...others, own];
  server.addService(serviceOf(own, 'grpc.reflection.v1.ServerReflection'), {
    serverReflectionInfo: (call: ServerDuplexStream<ReflectionRequest, object>) => {
      call.on('data', (request: ReflectionRequest) => {
        call.write({ validHost: '', originalRequest: request, ...respond(files, request) });
      });
      call.on('end', () => call.end());
    },
  });
};

const respond = (files: readonly ProtoFile[], request: ReflectionRequest): object => {
  switch (request.messageRequest) {
    case 'listServices':
      return { listServicesResponse: { service: files.flatMap(servicesOf).map((name) => ({ name })) } };
    case 'fileContainingSymbol':
      return fileResponse(files.find((file) => hasSymbol(file, request.fileContainingSymbol ?? '')));
    default:
      return fileResponse(undefined);
  }
};

const fileResponse = (file: ProtoFile | undefined): object =>
  file === undefined
    ? { errorResponse: { errorCode: status.NOT_FOUND, errorMessage: 'there is no such file, symbol or extension' } }
    : { fileDescriptorResponse: { fileDescriptorProto: [file.descriptor] } };

const servicesOf = ({ definitions }: ProtoFile): readonly string[] =>
  Object.entries(definitions).flatMap(([name, one]) => (isService(one) ? [name] : []));

/** True for a service, a message, an enum, or a method of a service. */
const hasSymbol = ({ definitions }: ProtoFile, symbol: string): boolean => {
  if (Object.hasOwn(definitions, symbol)) return true;
  const [, parent = '', name = ''] = /^(.*)\.([^.]+)$/.exec(symbol) ?? [];
  const service = definitions[parent];
  return service !== undefined && isService(service) && Object.hasOwn(service, name);
};
