import {
  type Bytes,
  batchesOf,
  bytesToId,
  FencedError,
  idToBytes,
  messageOf,
  plainBytes,
  type RemoteStorage,
  type ScanOptions,
  StorageError,
  type Write,
} from '@kstreams/core/graph';
import type { Send } from './client.js';
import { OpenScan } from './open-scan.js';
import { packed } from './packed.js';
import {
  clearScript,
  commitScript,
  commitStagedScript,
  openScript,
  pageScript,
  readScript,
  stageScript,
} from './scripts.js';

/** The greatest number of bytes that one script receives. Larger commits are staged in parts. */
const scriptBytes = 16 * 1_024 ** 2;

/** The number of rows that one step of a scan reads, and of keys that one command reads. */
const pageRows = 1_000;

/** The keys of a space in Redis. They have one hash tag, so that a cluster keeps them in one slot. */
interface Keys {
  readonly rows: string;
  readonly order: string;
  readonly owner: string;
  readonly stagedPuts: string;
  readonly stagedDeletes: string;
}

/** Opens a space, and takes it over from the process that has it open. */
export const openStorage = async (send: Send, prefix: string, space: string): Promise<RemoteStorage> => {
  const key = (part: string): string => `${prefix}:{${space}}:${part}`;
  const keys = { rows: key('rows'), order: key('order'), owner: key('owner') };
  try {
    await checkEviction(send);
    const reply = await send('EVAL', openScript, '3', keys.rows, keys.order, keys.owner, crypto.randomUUID());
    const [owner, epoch] = (reply as readonly Buffer[]).map(String) as [string, string];
    const staged = { stagedPuts: key(`puts:${epoch}`), stagedDeletes: key(`deletes:${epoch}`) };
    return new RedisStorage(send, { ...keys, ...staged }, space, owner, epoch);
  } catch (thrown) {
    throw new StorageError(`the space "${space}" of Redis cannot be opened: ${messageOf(thrown)}`, thrown);
  }
};

/** Throws if the server may evict rows. */
const checkEviction = async (send: Send): Promise<void> => {
  const info = String(await send('INFO', 'memory'));
  const read = (name: string): string | undefined => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const policy = read('maxmemory_policy');
  if (policy === undefined || policy === 'noeviction' || read('maxmemory') === '0') return;
  throw new Error(`its maxmemory-policy is ${policy}, which evicts rows: set it to noeviction`);
};

class RedisStorage implements RemoteStorage {
  readonly owner: string;
  readonly #send: Send;
  readonly #keys: Keys;
  readonly #space: string;
  readonly #epoch: string;
  readonly #scans = new Set<OpenScan>();

  constructor(send: Send, keys: Keys, space: string, owner: string, epoch: string) {
    this.#send = send;
    this.#keys = keys;
    this.#space = space;
    this.owner = owner;
    this.#epoch = epoch;
  }

  async getMany(keys: readonly Bytes[]): Promise<readonly (Bytes | undefined)[]> {
    const parts: Promise<unknown>[] = [];
    for (let at = 0; at < keys.length; at += pageRows) {
      const part = packed([keys.slice(at, at + pageRows)]);
      parts.push(this.#send('EVAL', readScript, '1', this.#keys.rows, part));
    }
    const values = (await Promise.all(parts)).flat() as readonly (Buffer | null)[];
    return values.map((value) => (value === null ? undefined : plainBytes(value)));
  }

  async *scan(
    from: Bytes,
    to: Bytes,
    { reverse = false }: ScanOptions = {},
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    const scan = new OpenScan(from, to, reverse);
    this.#scans.add(scan);
    try {
      for (let last = false; !last; ) {
        const page = await this.#page(scan);
        last = page.length < pageRows;
        yield* scan.pass(page, last);
      }
    } finally {
      this.#scans.delete(scan);
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    if (this.#scans.size > 0) await this.#keepForScans(writes.map(([key]) => bytesToId(key)));
    const puts = writes.filter((write): write is readonly [Bytes, Bytes] => write[1] !== undefined);
    const deletes = writes.flatMap(([key, value]) => (value === undefined ? [[key] as const] : []));
    const [putParts, deleteParts] = [partsOf(puts), partsOf(deletes)];
    if (putParts.length + deleteParts.length === 2) {
      return this.#owned(commitScript, [...putParts, ...deleteParts]);
    }
    const { stagedDeletes, stagedPuts } = this.#keys;
    await this.#send('DEL', stagedPuts, stagedDeletes);
    for (const part of putParts) await this.#owned(stageScript, [part], [stagedPuts]);
    for (const part of deleteParts) await this.#owned(stageScript, [part], [stagedDeletes]);
    const lengths = [putParts, deleteParts].map(({ length }) => `${length}`);
    await this.#owned(commitStagedScript, lengths, [stagedPuts, stagedDeletes]);
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    if (this.#scans.size > 0) {
      const cleared: string[] = [];
      for await (const [key] of this.scan(from, to)) cleared.push(bytesToId(key));
      await this.#keepForScans(cleared);
    }
    await this.#owned(clearScript, [boundOf('[', bytesToId(from)), boundOf('(', bytesToId(to))]);
  }

  /** The connections belong to the program. */
  async close(): Promise<void> {}

  async #page(scan: OpenScan): Promise<readonly (readonly [id: string, value: Bytes])[]> {
    const { after, from, to } = scan.ahead;
    const [least, end] = [boundOf(after ? '(' : '[', from), boundOf('(', to)];
    const [command, ...bounds] = scan.reverse ? ['zrevrangebylex', end, least] : ['zrangebylex', least, end];
    const { order, rows } = this.#keys;
    const reply = await this.#send('EVAL', pageScript, '2', rows, order, command as string, ...bounds, `${pageRows}`);
    const [keys, values] = reply as readonly [readonly Buffer[], readonly Buffer[]];
    return keys.map((key, i) => [bytesToId(key), plainBytes(values[i] as Buffer)]);
  }

  /** Reads the values of keys that open scans have not passed, before they change. */
  async #keepForScans(ids: readonly string[]): Promise<void> {
    const needed = (): readonly string[] => {
      const scans = [...this.#scans];
      return scans.length === 0 ? [] : ids.filter((id) => scans.some((scan) => scan.keeps(id)));
    };
    // A scan may begin meanwhile.
    for (let some = needed(); some.length > 0; some = needed()) {
      const values = await this.getMany(some.map(idToBytes));
      for (const scan of this.#scans) for (const [i, id] of some.entries()) scan.keep(id, values[i]);
    }
  }

  /** Runs a script that returns 0 if another process has taken the space over. */
  async #owned(script: string, args: readonly (string | Buffer)[], more: readonly string[] = []): Promise<void> {
    const { order, owner, rows } = this.#keys;
    const keys = [rows, order, owner, ...more];
    if (Number(await this.#send('EVAL', script, `${keys.length}`, ...keys, this.#epoch, ...args)) === 1) return;
    throw new FencedError(
      `another process has taken over the space "${this.#space}" of Redis: give each process its own space`,
    );
  }
}

/** Returns a bound of a sorted set: `[` includes the key, `(` excludes it. */
const boundOf = (sign: '[' | '(', id: string): Buffer => Buffer.concat([Buffer.from(sign), idToBytes(id)]);

/** The key of a row, and its value unless the row is deleted. */
type Row = readonly [key: Bytes] | readonly [key: Bytes, value: Bytes];

/** Packs rows into parts that one script can receive, at least one. */
const partsOf = (rows: readonly Row[]): readonly Buffer[] => {
  const parts = batchesOf(rows, ([key, value]) => key.length + (value?.length ?? 0), { bytes: scriptBytes });
  return parts.length === 0 ? [packed([])] : parts.map(packed);
};
