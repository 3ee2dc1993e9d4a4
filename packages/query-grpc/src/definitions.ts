import { fileURLToPath } from 'node:url';
import type { ServiceDefinition } from '@grpc/grpc-js';
import {
  type AnyDefinition,
  type ServiceDefinition as LoadedService,
  loadSync,
  type PackageDefinition,
} from '@grpc/proto-loader';

/** The definitions of one .proto file. */
export interface ProtoFile {
  readonly definitions: PackageDefinition;
  /** The file as a serialized `FileDescriptorProto`. */
  readonly descriptor: Uint8Array;
}

/** Loads a .proto file of this package. It imports none. */
export const loadProto = (name: 'query' | 'peers' | 'health' | 'reflection'): ProtoFile => {
  const path = fileURLToPath(new URL(`../proto/${name}.proto`, import.meta.url));
  const definitions = loadSync(path, { longs: Number, enums: String, defaults: true, arrays: true, oneofs: true });
  // A descriptor has the names of the file, and messages have those of JavaScript.
  const named = Object.values(loadSync(path, { keepCase: true }));
  const descriptors = named.flatMap((one) => (isService(one) ? [] : one.fileDescriptorProtos));
  return { definitions, descriptor: descriptors[0] as Uint8Array };
};

/** Returns the definition of a service by its full name. */
export const serviceOf = ({ definitions }: ProtoFile, name: string): ServiceDefinition =>
  definitions[name] as ServiceDefinition;

/** True for a service; false for a message or an enum. */
export const isService = (definition: AnyDefinition): definition is LoadedService =>
  !('format' in definition && typeof definition.format === 'string');
