import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  type Bytes,
  type Coordinates,
  checkOptions,
  messageOf,
  type OptionChecks,
  option,
  plainBytes,
  type Serde,
  SerdeCache,
  SerdeError,
} from '@kstreams/core/graph';
import { around } from './around.js';

/** Options of {@link compressed}. */
export interface CompressedOptions {
  /** The number of bytes below which a value is not compressed. Default 256. */
  readonly minBytes?: number;
  /** The largest value, in bytes. Default 64 MiB. A larger one is refused while it is decompressed. */
  readonly maxBytes?: number;
  /** The effort of deflate, from 1 to 9. Default 6. */
  readonly level?: number;
}

/**
 * Creates a serde that compresses the bytes of another one with deflate. The first byte marks compressed values; those that
 * compression would not make smaller stay as they are. A batch of records that Kafka compresses as a whole is smaller still:
 * use this for large values, and for state.
 *
 * Calls with the same serde and options object return the same serde.
 *
 * @throws SerdeError for bytes that this serde has not written, and for values larger than `maxBytes`.
 *
 * @example
 * const page = compressed(string)
 * const bytes = page.encode('kstreams '.repeat(1_000), { topic: 'pages', headers: [] }) // less than 100 bytes, not 9,000
 */
export const compressed = <T>(serde: Serde<T>, options: CompressedOptions = none): Serde<T> =>
  created.get([serde, options], () => {
    checkOptions('compressed', options, compressedOptions);
    const { minBytes = 256, maxBytes = 64 * 1024 * 1024, level = 6 } = options;
    return around(serde, {
      name: 'compressed',
      seal: (bytes, at) => {
        if (bytes.length > maxBytes) throw tooLarge(maxBytes, at);
        if (bytes.length < minBytes) return marked(plain, bytes);
        const smaller = deflateRawSync(bytes, { level });
        return smaller.length < bytes.length ? marked(deflated, smaller) : marked(plain, bytes);
      },
      open: (bytes, at) => {
        const content = bytes.subarray(1);
        if (bytes[0] === plain) return content;
        if (bytes[0] === deflated) return inflated(content, maxBytes, at);
        throw new SerdeError('the bytes are not those of a compressed serde', { topic: at.topic });
      },
    });
  });

const created = new SerdeCache();
const none: CompressedOptions = {};

const compressedOptions: OptionChecks<CompressedOptions> = {
  minBytes: option.whole(0),
  maxBytes: option.count,
  level: {
    takes: 'a whole number from 1 to 9',
    accepts: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 9,
  },
};

/** The first byte of a value as it is, and of a compressed one. */
const plain = 0;
const deflated = 1;

const marked = (mark: number, content: Bytes): Bytes => {
  const bytes = new Uint8Array(content.length + 1);
  bytes[0] = mark;
  bytes.set(content, 1);
  return bytes;
};

const inflated = (content: Bytes, maxBytes: number, at: Coordinates): Bytes => {
  try {
    const { buffer, engine } = inflateRawSync(content, {
      maxOutputLength: maxBytes,
      info: true,
    }) as unknown as Inflated;
    if (engine.bytesWritten !== content.length) throw new TypeError('bytes follow the compressed value');
    return plainBytes(buffer);
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes, at, thrown);
    throw new SerdeError(messageOf(thrown), { topic: at.topic }, thrown);
  }
};

/** The result of zlib with `info`, which the types of Node leave out. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

const tooLarge = (maxBytes: number, { topic }: Coordinates, cause?: unknown): SerdeError =>
  new SerdeError(`the value is larger than ${maxBytes} bytes: raise maxBytes of compressed`, { topic }, cause);
