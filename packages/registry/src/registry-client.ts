import { type Clock, messageOf, type RegistrySchema } from '@kstreams/core/graph';
import { RegistryError } from './registry-error.js';

/** The credentials of requests: a user with a password, or a token, which a function may renew. */
export type RegistryAuth =
  | { readonly username: string; readonly password: string }
  | { readonly token: string | (() => string | Promise<string>) };

/** Settings of a {@link RegistryClient}. */
export interface ClientSettings {
  readonly url: string;
  readonly auth: RegistryAuth | undefined;
  readonly normalize: boolean;
  readonly deadline: number;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** The version of a subject. */
export interface SubjectVersion {
  readonly id: number;
  readonly version: number;
}

/** The first pause before a repeated request, in ms. Each further one is twice as long. */
const firstPause = 100;
/** The longest pause, in ms. */
const longestPause = 5_000;

/** The used part of Confluent's HTTP interface. Repeats failed requests that may succeed later, until a deadline. */
export class RegistryClient {
  readonly #settings: ClientSettings;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  /** Returns the schema of an id, with the schemas that it refers to. */
  async schema(id: number): Promise<RegistrySchema> {
    return this.#withReferences(await this.#get(`schemas/ids/${id}`));
  }

  /** Registers a schema, unless the subject has it, and returns its id. Its references are registered first. */
  async register(subject: string, schema: RegistrySchema): Promise<number> {
    const body = await this.#bodyOf(schema, 'register');
    const { id } = await this.#request('POST', `subjects/${encodeURIComponent(subject)}/versions`, body);
    return numberOf(id, 'id');
  }

  /** Returns the version under which a subject has a schema; undefined when it does not have it. */
  async find(subject: string, schema: RegistrySchema): Promise<SubjectVersion | undefined> {
    const body = await this.#bodyOf(schema, 'find');
    if (body === undefined) return undefined;
    return this.#found(() => this.#request('POST', `subjects/${encodeURIComponent(subject)}`, body));
  }

  /** Returns the latest version of a subject; undefined when there is none. */
  async latest(subject: string): Promise<SubjectVersion | undefined> {
    return this.#found(() => this.#get(`subjects/${encodeURIComponent(subject)}/versions/latest`));
  }

  async #found(request: () => Promise<Json>): Promise<SubjectVersion | undefined> {
    try {
      const { id, version } = await request();
      return { id: numberOf(id, 'id'), version: numberOf(version, 'version') };
    } catch (thrown) {
      if (thrown instanceof RegistryError && thrown.status === 404) return undefined;
      throw thrown;
    }
  }

  /** Returns the request body of a schema; undefined when a reference is not registered and must not be. */
  async #bodyOf(schema: RegistrySchema, mode: 'register'): Promise<Json>;
  async #bodyOf(schema: RegistrySchema, mode: 'register' | 'find'): Promise<Json | undefined>;
  async #bodyOf({ type, text, references = [] }: RegistrySchema, mode: 'register' | 'find'): Promise<Json | undefined> {
    const named: Json[] = [];
    for (const { name, schema } of references) {
      // The name of a reference is its subject, as with Confluent's clients.
      if (mode === 'register') await this.register(name, schema);
      const found = await this.find(name, schema);
      if (found === undefined) return undefined;
      named.push({ name, subject: name, version: found.version });
    }
    return {
      schema: text,
      ...(type !== 'AVRO' && { schemaType: type }),
      ...(named.length > 0 && { references: named }),
    };
  }

  async #withReferences({ schema, schemaType = 'AVRO', references }: Json): Promise<RegistrySchema> {
    if (typeof schema !== 'string' || !isSchemaType(schemaType)) {
      throw new RegistryError(`the registry returned no schema of a known type: ${schemaType}`);
    }
    const imported = await Promise.all(
      (Array.isArray(references) ? references : []).map(async ({ name, subject, version }) => ({
        name: String(name),
        schema: await this.#withReferences(
          await this.#get(`subjects/${encodeURIComponent(String(subject))}/versions/${Number(version)}`),
        ),
      })),
    );
    return { type: schemaType, text: schema, references: imported };
  }

  #get(path: string): Promise<Json> {
    return this.#request('GET', path);
  }

  async #request(method: 'GET' | 'POST', path: string, body?: Json): Promise<Json> {
    const { clock, deadline } = this.#settings;
    const monotonic = (): number => clock.monotonic();
    const end = monotonic() + deadline;
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      try {
        return await this.#send(method, path, body, end - monotonic());
      } catch (thrown) {
        if (!(thrown instanceof RegistryError) || !thrown.retriable || monotonic() + pause >= end) throw thrown;
        await new Promise<void>((resolve) => {
          clock.after(pause, resolve);
        });
      }
    }
  }

  async #send(method: 'GET' | 'POST', path: string, body: Json | undefined, remaining: number): Promise<Json> {
    const { url, fetch, normalize, clock } = this.#settings;
    const target = new URL(path, url.endsWith('/') ? url : `${url}/`);
    if (method === 'POST' && normalize) target.searchParams.set('normalize', 'true');
    const where = `${method} ${target.origin}${target.pathname}`;
    const abort = new AbortController();
    const cancel = clock.after(remaining, () => abort.abort(new Error('no response before the deadline')));
    try {
      const response = await fetch(target, {
        method,
        headers: {
          accept: contentType,
          ...(body && { 'content-type': contentType }),
          ...(await this.#authorization()),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: abort.signal,
      });
      return await readResponse(response, where);
    } catch (thrown) {
      if (thrown instanceof RegistryError) throw thrown;
      const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
      throw new RegistryError(`${where}: ${messageOf(cause)}`, { cause: thrown });
    } finally {
      cancel();
    }
  }

  async #authorization(): Promise<{ readonly authorization?: string }> {
    const { auth } = this.#settings;
    if (auth === undefined) return {};
    if ('token' in auth) {
      return { authorization: `Bearer ${typeof auth.token === 'function' ? await auth.token() : auth.token}` };
    }
    const pair = new TextEncoder().encode(`${auth.username}:${auth.password}`);
    return { authorization: `Basic ${btoa(String.fromCharCode(...pair))}` };
  }
}

const contentType = 'application/vnd.schemaregistry.v1+json';

/** A decoded JSON object. */
type Json = Readonly<Record<string, unknown>>;

/** Reads a response. Proxies may send a page for an error: the message then has its first line. */
const readResponse = async (response: Response, where: string): Promise<Json> => {
  const text = await response.text();
  const body = parsed(text);
  if (response.ok && body !== undefined) return body;
  const words = typeof body?.message === 'string' ? body.message : (text.split('\n', 1)[0] ?? '').slice(0, 200);
  const code = typeof body?.error_code === 'number' ? body.error_code : undefined;
  throw new RegistryError(`${where}: ${response.status} ${words || response.statusText}`, {
    status: response.ok ? 500 : response.status,
    ...(code !== undefined && { code }),
  });
};

const parsed = (text: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    // The caller reports the text of a response that is no JSON.
    return undefined;
  }
};

const numberOf = (value: unknown, name: string): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new RegistryError(`the registry returned no ${name}`);
};

const isSchemaType = (type: unknown): type is RegistrySchema['type'] =>
  type === 'AVRO' || type === 'PROTOBUF' || type === 'JSON';
