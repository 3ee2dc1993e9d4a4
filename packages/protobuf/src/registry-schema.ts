import { type DescFile, toBinary } from '@bufbuild/protobuf';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { RegistrySchema } from '@kstreams/core/graph';

/** Returns a file as registries take it: its descriptor in base64, and its imports but those that every registry has. */
export const registrySchema = (file: DescFile): RegistrySchema => ({
  type: 'PROTOBUF',
  text: base64Encode(toBinary(FileDescriptorProtoSchema, file.proto)),
  references: file.dependencies
    .filter(({ proto }) => !proto.name.startsWith('google/protobuf/'))
    .map((imported) => ({ name: imported.proto.name, schema: registrySchema(imported) })),
});
