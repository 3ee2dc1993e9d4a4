import { messageOf } from '@kstreams/core/graph';
import type { InstanceMetadata, StartedApplication } from '@kstreams/runtime';
import type { Gathered, MissingProcess } from '../protocol.js';

/** The header of a request from another process, which is for its process only. */
export const localHeader = 'kstreams-inspector-local';

/** The longest wait for another process, in ms. */
const patience = 2_000;

/** The largest response of another process, in bytes. */
const largest = 16 * 1_048_576;

/** The other processes of the application, which mount the inspector at the same path below their endpoints. */
export class Peers {
  readonly #metadata: Pick<StartedApplication['metadata'], 'instances'>;
  readonly #path: string;
  readonly #token: string;

  constructor(application: Pick<StartedApplication, 'metadata'>, path: string, token: string) {
    this.#metadata = application.metadata;
    this.#path = path;
    this.#token = token;
  }

  /** Resolves to the response of this process and those of all others that respond in time. */
  async gather<T>(url: string, local: T): Promise<Gathered<T>> {
    const others = this.#metadata.instances().filter((one) => !one.local);
    const missing: MissingProcess[] = [];
    const found = await Promise.all(
      others.map(async (other) => {
        try {
          return [await this.#ask<T>(other, url)];
        } catch (thrown) {
          missing.push({ instance: other.id, endpoint: other.endpoint, reason: messageOf(thrown) });
          return [];
        }
      }),
    );
    return { processes: [local, ...found.flat()], missing };
  }

  async #ask<T>({ endpoint }: InstanceMetadata, url: string): Promise<T> {
    if (endpoint === undefined) throw new Error('it has no endpoint: start it with { endpoint }');
    const response = await fetch(`${endpoint}${this.#path}${url}`, {
      headers: { authorization: `Bearer ${this.#token}`, [localHeader]: 'true' },
      redirect: 'error',
      signal: AbortSignal.timeout(patience),
    });
    if (!response.ok) throw new Error(`its inspector responds ${response.status}: use one path and one token for all`);
    return JSON.parse(await textOf(response)) as T;
  }
}

/** Resolves to the text of a response that is not too large. */
const textOf = async ({ body }: Response): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.length > largest) throw new Error(`its response has more than ${largest} bytes`);
  }
  return text + decoder.decode();
};
