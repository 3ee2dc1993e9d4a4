import { ConfigError } from './errors.js';
import type { CommittedOffset } from './transport.js';
import { toUtf8 } from './utf8.js';

/**
 * The maximum length of the metadata of a committed offset, in bytes of UTF-8. Brokers accept 4,096; the Kafka client needs
 * one of them for a final NUL.
 */
export const offsetMetadataLimit = 4_095;

/**
 * Checks the metadata of an offset before a transport commits it.
 *
 * @throws ConfigError for more than {@link offsetMetadataLimit} bytes, or a NUL character.
 */
export const checkOffsetMetadata = ({ topic, partition, metadata }: CommittedOffset): void => {
  if (metadata === undefined) return;
  const { length } = toUtf8(metadata);
  if (length <= offsetMetadataLimit && !metadata.includes('\0')) return;
  throw new ConfigError(
    `the metadata committed for partition ${partition} of topic "${topic}" has ${length} bytes: ` +
      `use at most ${offsetMetadataLimit} bytes without a NUL character`,
  );
};
