import { type BucketCall, type Bytes, inParallel, messageOf } from '@kstreams/core/graph';
import { AwsV4Signer } from 'aws4fetch';
import { rangeHeader, type S3Object, type S3Requests } from './requests.js';
import { failureOf, pageOf } from './responses.js';

/** Credentials of S3. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The token of temporary credentials. */
  readonly sessionToken?: string;
}

/** The place of a bucket, and the credentials for it. */
export interface S3Place {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials: S3Credentials | (() => Promise<S3Credentials>);
  /** The greatest number of objects on a page of a list; 1,000 by default. */
  readonly page?: number;
}

/** The number of objects that are deleted at once, each with a request. */
const deletedAtOnce = 16;

interface Outgoing extends BucketCall {
  readonly method: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Bytes;
}

/** Returns the requests of a bucket, signed with credentials and sent with `fetch`. */
export const signedRequests = ({ bucket, credentials, endpoint, page = 1_000, region }: S3Place): S3Requests => {
  const url = bucketUrl(bucket, region, endpoint);
  const cache = new Map<string, ArrayBuffer>();

  /** Sends a request, and returns the bytes and the ETag of its response. */
  const send = async (key: string, { body, headers, method, query, signal }: Outgoing): Promise<S3Object> => {
    const { accessKeyId, secretAccessKey, sessionToken } =
      typeof credentials === 'function' ? await credentials() : credentials;
    const signer = new AwsV4Signer({
      url: `${url}/${key}?${new URLSearchParams(query)}`,
      method,
      headers: { ...headers, ...(body && { 'x-amz-content-sha256': await sha256(body) }) },
      service: 's3',
      region,
      accessKeyId,
      secretAccessKey,
      cache,
      ...(sessionToken !== undefined && { sessionToken }),
    });
    const signed = await signer.sign();
    const response = await fetched(signed.url, {
      method,
      headers: signed.headers,
      redirect: 'manual',
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
      ...(signal && { signal }),
    });
    const bytes = await readBody(response);
    if (!response.ok) throw failureOf(response.status, bytes);
    return { bytes, etag: response.headers.get('etag') ?? undefined };
  };

  return {
    get: (key, { range, signal }) =>
      send(key, { method: 'GET', signal, headers: range && { range: rangeHeader(range) } }),

    put: async (key, body, { ifMatch, ifNoneMatch, signal }) => {
      const headers = { ...(ifMatch && { 'if-match': ifMatch }), ...(ifNoneMatch && { 'if-none-match': ifNoneMatch }) };
      const { etag } = await send(key, { method: 'PUT', body, signal, headers });
      return etag;
    },

    list: async (prefix, token, { signal }) => {
      const from = token !== undefined && { 'continuation-token': token };
      const query = { 'list-type': '2', 'max-keys': `${page}`, prefix, ...from };
      return pageOf((await send('', { method: 'GET', query, signal })).bytes);
    },

    // One request for several would need a checksum that services require in different forms.
    delete: (keys, { signal }) => inParallel(keys, deletedAtOnce, (key) => send(key, { method: 'DELETE', signal })),
  };
};

/** Returns the URL of a bucket. On AWS it is a host, unless its name has dots, which certificates do not cover. */
const bucketUrl = (bucket: string, region: string, endpoint: string | undefined): string => {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
};

/** Returns the SHA-256 of bytes, in hexadecimal digits. The server compares it with the bytes that it received. */
const sha256 = async (bytes: Bytes): Promise<string> => {
  const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

const readBody = async (response: Response): Promise<Bytes> => {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (thrown) {
    throw withCause(thrown);
  }
};

const fetched = async (url: URL, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    throw withCause(thrown);
  }
};

/** Returns an error with the message of its cause, which `fetch` leaves out. */
const withCause = (thrown: unknown): unknown =>
  thrown instanceof TypeError && thrown.cause !== undefined
    ? new Error(`${thrown.message}: ${messageOf(thrown.cause)}`, { cause: thrown })
    : thrown;
