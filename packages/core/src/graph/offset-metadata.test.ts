import { expect, test } from '@jest/globals';
import { ConfigError } from './errors.js';
import { checkOffsetMetadata, offsetMetadataLimit } from './offset-metadata.js';

const committed = (metadata: string) => ({ topic: 'orders', partition: 0, offset: 1, metadata });

test('accepts metadata up to the limit, in bytes', () => {
  checkOffsetMetadata({ topic: 'orders', partition: 0, offset: 1 });
  checkOffsetMetadata(committed('x'.repeat(offsetMetadataLimit)));
});

test.each(['x'.repeat(offsetMetadataLimit + 1), 'ü'.repeat(2_048), 'a\0b'])(
  'refuses longer metadata and NUL',
  (text) => {
    expect(() => checkOffsetMetadata(committed(text))).toThrow(ConfigError);
    expect(() => checkOffsetMetadata(committed(text))).toThrow('use at most 4095 bytes');
  },
);
