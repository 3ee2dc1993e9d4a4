/** A schema registry in memory behind `fetch`, with the part of Confluent's interface that the client uses. */

/** A request as the registry received it. */
export interface RegistryRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
}

interface Stored {
  readonly schema: string;
  readonly schemaType: string;
  readonly references: readonly { readonly subject: string; readonly version: number }[];
}

/** Returns a `fetch` in front of an empty registry, and the requests that it received. */
export const fakeRegistry = () => {
  const requests: RegistryRequest[] = [];
  const failures: (() => Response)[] = [];
  const ids: string[] = [];
  const subjects = new Map<string, number[]>();

  const idOf = (body: Stored): number => ids.indexOf(keyOf(body)) + 1;

  const handle = (method: string, path: string, body: Stored | undefined): Response => {
    const [, subject = ''] = /^\/subjects\/([^/]+)/.exec(path) ?? [];
    const versions = subjects.get(decodeURIComponent(subject)) ?? [];
    const [, id] = /^\/schemas\/ids\/(\d+)$/.exec(path) ?? [];
    if (id !== undefined) {
      const stored = ids[Number(id) - 1];
      return stored === undefined ? error(404, 40403, `Schema ${id} not found`) : json(JSON.parse(stored));
    }
    if (method === 'POST' && body !== undefined && path.endsWith('/versions')) {
      if (body.schema.includes('incompatible'))
        return error(409, 409, 'READER_FIELD_MISSING_DEFAULT_VALUE at /fields/1');
      if (idOf(body) === 0) ids.push(keyOf(body));
      const found = idOf(body);
      if (!versions.includes(found)) subjects.set(decodeURIComponent(subject), [...versions, found]);
      return json({ id: found });
    }
    if (method === 'POST' && body !== undefined) {
      const version = versions.indexOf(idOf(body)) + 1;
      return version === 0 ? error(404, 40403, 'Schema not found') : json({ id: idOf(body), version });
    }
    const [, wanted] = /\/versions\/(\w+)$/.exec(path) ?? [];
    const version = wanted === 'latest' ? versions.length : Number(wanted);
    const stored = ids[(versions[version - 1] ?? 0) - 1];
    if (stored === undefined) return error(404, 40401, 'Subject not found');
    return json({ id: versions[version - 1], version, ...JSON.parse(stored) });
  };

  const fake = (async (target: URL, init: RequestInit = {}) => {
    const { method = 'GET', headers, body } = init;
    requests.push({ method, path: target.pathname + target.search, headers: new Headers(headers) });
    const failure = failures.shift();
    if (failure !== undefined) return failure();
    return handle(method, target.pathname, typeof body === 'string' ? JSON.parse(body) : undefined);
  }) as unknown as typeof fetch;

  return { fetch: fake, requests, failures };
};

const keyOf = ({ schema, schemaType = 'AVRO', references = [] }: Stored): string =>
  JSON.stringify({ schema, schemaType, references });

const json = (body: unknown): Response => new Response(JSON.stringify(body), { status: 200 });

const error = (status: number, code: number, message: string): Response =>
  new Response(JSON.stringify({ error_code: code, message }), { status });
