import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  type Bytes,
  ConfigError,
  type Coordinates,
  checkValue,
  concatBytes,
  fromUtf8,
  messageOf,
  option,
  Pending,
  type Serde,
  SerdeCache,
  SerdeError,
  toUtf8,
} from '@kstreams/core/graph';
import { around } from './around.js';
import { LoadedKeys } from './loaded-keys.js';

/** The keys of {@link encrypted}, by id. */
export interface EncryptionKeys {
  /** Returns the id of the key for new values. To rotate keys, return another one; values of older keys are still read. */
  readonly current: () => string;
  /** Returns the 32 bytes of a key, or a promise of them, such as from a key management service. Called once per id. */
  readonly load: (id: string) => Bytes | Promise<Bytes>;
}

/**
 * Creates a serde that encrypts the bytes of another one with AES-256-GCM. A value holds the id of its key, a random nonce,
 * the encrypted bytes and a tag, so that a changed byte is noticed. A record whose key is not loaded waits for it.
 *
 * Equal values have different bytes: use it for values, not for keys of records. A key should encrypt at most 2^32 values
 * (NIST SP 800-38D), since nonces are random: rotate it before.
 *
 * Calls with the same serde and keys object return the same serde.
 *
 * @throws SerdeError for bytes that were changed or that another key encrypted, and for a key that cannot be loaded.
 *
 * @example
 * const keys = { current: () => 'k-2', load: (id: string) => fetchKey(id) }
 * const card = encrypted(string, keys)
 */
export const encrypted = <T>(serde: Serde<T>, keys: EncryptionKeys): Serde<T> =>
  created.get([serde, keys], () => {
    checkValue(
      '"keys" of encrypted',
      keys,
      option.having('an object with the functions current and load', 'current', 'load'),
    );
    const loaded = new LoadedKeys(keys.load);
    const keyOf = (id: string, { topic }: Coordinates): Bytes => {
      try {
        return loaded.get(id);
      } catch (thrown) {
        if (thrown instanceof Pending) throw thrown;
        throw new SerdeError(`key "${id}" cannot be loaded: ${messageOf(thrown)}`, { topic }, thrown);
      }
    };
    return around(serde, {
      name: 'encrypted',
      seal: (bytes, at) => {
        const id = keys.current();
        const header = headerOf(id);
        const nonce = randomBytes(nonceLength);
        const cipher = createCipheriv(algorithm, keyOf(id, at), nonce);
        cipher.setAAD(header);
        const content = cipher.update(bytes);
        return concatBytes(header, nonce, content, cipher.final(), cipher.getAuthTag());
      },
      open: (bytes, at) => {
        const { header, id, nonce, content, tag } = partsOf(bytes, at);
        const decipher = createDecipheriv(algorithm, keyOf(id, at), nonce);
        decipher.setAAD(header);
        decipher.setAuthTag(tag);
        try {
          return concatBytes(decipher.update(content), decipher.final());
        } catch (thrown) {
          const why = `the bytes were changed, or another key than "${id}" encrypted them`;
          throw new SerdeError(why, { topic: at.topic }, thrown);
        }
      },
      prefetch: (batch) => loaded.load(batch.map(idOf).filter((id) => id !== undefined)),
      prepare: async () => loaded.load([keys.current()]),
    });
  });

const created = new SerdeCache();

const algorithm = 'aes-256-gcm';
/** The first byte: the version of the layout. */
const version = 1;
const nonceLength = 12;
const tagLength = 16;

/** Returns the version, the length of the id and the id, which the tag covers too. */
const headerOf = (id: string): Bytes => {
  const text = toUtf8(id);
  if (text.length > 0xff) throw new ConfigError(`the id of a key has ${text.length} bytes: use at most 255`);
  return concatBytes(Uint8Array.of(version, text.length), text);
};

interface Parts {
  readonly header: Bytes;
  readonly id: string;
  readonly nonce: Bytes;
  readonly content: Bytes;
  readonly tag: Bytes;
}

const partsOf = (bytes: Bytes, { topic }: Coordinates): Parts => {
  const id = idOf(bytes);
  if (id === undefined) throw new SerdeError('the bytes are not those of an encrypted serde', { topic });
  const start = 2 + (bytes[1] as number);
  const end = bytes.length - tagLength;
  return {
    header: bytes.subarray(0, start),
    id,
    nonce: bytes.subarray(start, start + nonceLength),
    content: bytes.subarray(start + nonceLength, end),
    tag: bytes.subarray(end),
  };
};

/** Returns the id of the key; undefined for bytes of another layout. */
const idOf = (bytes: Bytes): string | undefined => {
  const [first, length = 0] = bytes;
  if (first !== version || bytes.length < 2 + length + nonceLength + tagLength) return undefined;
  try {
    return fromUtf8(bytes.subarray(2, 2 + length));
  } catch {
    // Bytes that are no text have another layout.
    return undefined;
  }
};
