import {
  type Bucket,
  type Bytes,
  ConfigError,
  checkOptions,
  crc32c,
  inParallel,
  messageOf,
  noBytes,
  type OptionChecks,
  option,
  plainBytes,
} from '@kstreams/core/graph';
import type { GcsBucket, GcsFile, GcsPage, GcsWrite } from './client.js';

/** Options of {@link gcs}. */
export interface GcsOptions {
  /** A bucket of `@google-cloud/storage`, such as `new Storage().bucket('shop-states')`. */
  readonly bucket: GcsBucket;
}

const checks: OptionChecks<GcsOptions> = {
  bucket: option.required(option.having('a bucket of @google-cloud/storage', 'file', 'getFiles')),
};

/** The number of objects that are deleted at once; there is no request that deletes several. */
const deletedAtOnce = 16;

/**
 * A bucket of Google Cloud Storage.
 *
 * @example
 * const bucket = new Storage().bucket('shop-states')
 * const app = await start(shop, { state: snapshots(level(), gcs({ bucket })) })
 */
export const gcs = (options: GcsOptions): Bucket => {
  checkOptions('gcs', options, checks);
  const { bucket } = options;

  /** Writes an object, if it has a generation; 0 is that of none. Returns the new one; undefined when it has another. */
  const write = (
    key: string,
    bytes: Bytes,
    signal: AbortSignal | undefined,
    generation: string | number | undefined,
  ): Promise<string | undefined> =>
    sent(signal, async () => {
      // The server compares the checksum with the bytes that it received, before there is an object.
      const options: GcsWrite = {
        resumable: false,
        validation: false,
        contentType: 'application/octet-stream',
        metadata: { crc32c: checksumOf(bytes) },
        ...(generation !== undefined && { preconditionOpts: { ifGenerationMatch: generation } }),
      };
      const file = bucket.file(key);
      await file.save(bytes, options);
      return versionOf(file.metadata);
    }).catch((thrown: unknown) => {
      if (generation !== undefined && codeOf(thrown) === 412) return undefined;
      throw bucketMissing(thrown);
    });

  return {
    name: `gs://${bucket.name}`,

    get: (key, { range, signal } = {}) =>
      sent(signal, async () => {
        if (range?.length === 0) return noBytes;
        const part = range && { start: range.offset, end: range.offset + range.length - 1 };
        const [bytes] = await bucket.file(key).download({ ...part });
        return plainBytes(bytes);
      }).catch((thrown: unknown) => {
        if (codeOf(thrown) === 404 && !namesBucket(thrown)) return undefined;
        if (codeOf(thrown) === 416) return noBytes;
        throw bucketMissing(thrown);
      }),

    put: async (key, bytes, { ifAbsent = false, signal } = {}) =>
      (await write(key, bytes, signal, ifAbsent ? 0 : undefined)) !== undefined,

    getVersion: async (key, { signal } = {}) => {
      for (;;) {
        const metadata = await ifFound(sent(signal, () => bucket.file(key).getMetadata()));
        if (metadata === undefined) return undefined;
        const version = versionOf(metadata[0]);
        const file = bucket.file(key, { generation: version });
        const found = await ifFound(sent(signal, () => file.download({})));
        // Without it, the version was replaced since.
        if (found !== undefined) return { bytes: plainBytes(found[0]), version };
      }
    },

    replace: (key, bytes, version = '0', { signal } = {}) => write(key, bytes, signal, version),

    list: async function* (prefix, { signal } = {}) {
      let query: object | null | undefined = { prefix, autoPaginate: false };
      do {
        const request: object = query;
        const page: GcsPage = await sent(signal, () => bucket.getFiles(request)).catch((thrown: unknown) => {
          throw bucketMissing(thrown);
        });
        for (const { name, metadata } of page[0]) {
          yield { key: name, size: Number(metadata.size ?? 0), modified: Date.parse(metadata.updated ?? '') };
        }
        query = page[1];
      } while (query);
    },

    delete: async (keys, { signal } = {}) => {
      signal?.throwIfAborted();
      const remove = (key: string): Promise<unknown> =>
        sent(signal, () => bucket.file(key).delete()).catch((thrown: unknown) => {
          if (codeOf(thrown) !== 404 || namesBucket(thrown)) throw bucketMissing(thrown);
        });
      await inParallel(keys, deletedAtOnce, remove);
    },
  };
};

/** Returns undefined for an object that does not exist. */
const ifFound = <T>(request: Promise<T>): Promise<T | undefined> =>
  request.catch((thrown: unknown) => {
    if (codeOf(thrown) === 404 && !namesBucket(thrown)) return undefined;
    throw bucketMissing(thrown);
  });

const versionOf = ({ generation }: GcsFile['metadata']): string => {
  if (generation !== undefined) return String(generation);
  throw new ConfigError('the client returned no generation of an object: use @google-cloud/storage 7');
};

/** Returns the checksum of bytes as Cloud Storage writes it: in base64, the first byte first. */
const checksumOf = (bytes: Uint8Array): string => {
  const sum = crc32c(bytes);
  return btoa(String.fromCharCode(sum >>> 24, (sum >>> 16) & 0xff, (sum >>> 8) & 0xff, sum & 0xff));
};

/**
 * Sends a request. Rejects with the reason of the signal once it is aborted; the request may still take effect. The client
 * never settles a request whose connection ends within its response, so that only the signal ends it.
 */
const sent = async <T>(signal: AbortSignal | undefined, request: () => Promise<T>): Promise<T> => {
  signal?.throwIfAborted();
  try {
    return await abortable(signal, request());
  } catch (thrown) {
    signal?.throwIfAborted();
    const remedy = remedies[String(codeOf(thrown))];
    throw remedy === undefined ? thrown : withRemedy(thrown, remedy);
  }
};

const abortable = async <T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> => {
  if (signal === undefined) return work;
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
  });
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

/** The remedies of refused requests, by their HTTP status. */
const remedies: Readonly<Record<string, string>> = {
  401: 'check the credentials of the client',
  403: 'grant storage.objects.get, create, delete and list, as the role roles/storage.objectUser does',
};

/** Adds the remedy to a failure of a request that only a missing bucket refuses with 404. */
const bucketMissing = (thrown: unknown): unknown =>
  codeOf(thrown) === 404 ? withRemedy(thrown, 'create the bucket, or correct its name') : thrown;

const withRemedy = (thrown: unknown, remedy: string): ConfigError =>
  new ConfigError(`${messageOf(thrown)}: ${remedy}`, thrown);

/** True when a request failed since the bucket is missing, rather than one of its objects. */
const namesBucket = (thrown: unknown): boolean => /bucket does not exist/i.test(messageOf(thrown));

const codeOf = (thrown: unknown): unknown => (thrown as { readonly code?: unknown })?.code;
