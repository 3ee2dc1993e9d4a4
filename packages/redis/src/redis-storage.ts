import {
  type Bytes,
  batchesOf,
  bytesToId,
  FencedError,
  idToBytes,
  messageOf,
  plainBytes,
  type ReadableRows,
  type RemoteStorage,
  type ScanOptions,
  StorageError,
  type Write,
} from '@kstreams/core/graph';
import { type OpenScan, OpenScans } from '@kstreams/stores';
import type { Send } from './client.js';
import { packed } from './packed.js';
import { ReadableStrings } from './readable-strings.js';
import {
  type Change,
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
  readonly staged: string;
}

/** A space of a server. */
export interface RedisSpace {
  readonly send: Send;
  readonly prefix: string;
  readonly space: string;
  /** Writes rows in a readable form, too; only their bytes unless set. */
  readonly readable?: ReadableRows | undefined;
}

/** Opens a space, and takes it over from the process that has it open. */
export const openStorage = async ({ prefix, readable, send, space }: RedisSpace): Promise<RemoteStorage> => {
  const key = (part: string): string => `${prefix}:{${space}}:${part}`;
  const wanted = readable === undefined ? 'bytes' : 'json';
  const keys = { rows: key('rows'), order: key('order'), owner: key('owner') };
  try {
    await checkEviction(send);
    const args = [keys.rows, keys.order, keys.owner, crypto.randomUUID(), wanted];
    const reply = await send('EVAL', openScript, '3', ...args);
    const [format, owner, epoch] = (reply as readonly Buffer[]).map(String) as [string, string, string];
    if (format !== wanted) throw new Error(`it has format: '${format}': set that, or take another space`);
    const strings = readable && new ReadableStrings(key('json:'), readable);
    return new RedisStorage(send, { ...keys, staged: key(`staged:${epoch}`) }, space, { owner, epoch, strings });
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

/** An open space. */
interface Opened {
  readonly owner: string;
  readonly epoch: string;
  readonly strings: ReadableStrings | undefined;
}

class RedisStorage implements RemoteStorage {
  readonly #send: Send;
  readonly #keys: Keys;
  readonly #space: string;
  readonly #opened: Opened;
  readonly #scans = new OpenScans();

  constructor(send: Send, keys: Keys, space: string, opened: Opened) {
    this.#send = send;
    this.#keys = keys;
    this.#space = space;
    this.#opened = opened;
  }

  get owner(): string {
    return this.#opened.owner;
  }

  async getMany(keys: readonly Bytes[]): Promise<readonly (Bytes | undefined)[]> {
    const parts: Promise<unknown>[] = [];
    for (let at = 0; at < keys.length; at += pageRows) {
      parts.push(this.#read(keys.slice(at, at + pageRows)));
    }
    const values = (await Promise.all(parts)).flat() as readonly (Buffer | null)[];
    return values.map((value) => (value === null ? undefined : plainBytes(value)));
  }

  async *scan(
    from: Bytes,
    to: Bytes,
    { reverse = false }: ScanOptions = {},
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    yield* this.#scans.rows(from, to, reverse, (scan) => this.#pages(scan));
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.#keepForScans(writes);
    const puts = writes.filter((write): write is readonly [Bytes, Bytes] => write[1] !== undefined);
    const deletes = writes.flatMap(([key, value]) => (value === undefined ? [[key] as const] : []));
    const { hidden = [], shown = [] } = (await this.#opened.strings?.of(writes)) ?? {};
    await this.#apply([
      ...changesOf('put', puts),
      ...changesOf('delete', deletes),
      ...changesOf('show', shown),
      ...changesOf('hide', hidden),
    ]);
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    const { strings } = this.#opened;
    const cleared: Write[] = [];
    if (this.#scans.size > 0 || strings !== undefined) {
      for await (const [key] of this.scan(from, to)) cleared.push([key, undefined]);
      await this.#keepForScans(cleared);
    }
    const { hidden = [] } = (await strings?.of(cleared)) ?? {};
    const bounds = [boundOf('[', bytesToId(from)), boundOf('(', bytesToId(to))];
    await this.#apply([...changesOf('clear', [bounds]), ...changesOf('hide', hidden)]);
  }

  /** The connections belong to the program. */
  async close(): Promise<void> {}

  /** Reads up to 1,000 values. ASCII keys are texts, which clients send fast; others are packed for a script. */
  #read(keys: readonly Bytes[]): Promise<unknown> {
    const { rows } = this.#keys;
    return keys.every(isAscii)
      ? this.#send('HMGET', rows, ...keys.map(bytesToId))
      : this.#send('EVAL', readScript, '1', rows, packed([keys]));
  }

  async *#pages(scan: OpenScan): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    for (let last = false; !last; ) {
      const page = await this.#page(scan);
      last = page.length < pageRows;
      yield* scan.pass(page, last ? undefined : page.at(-1)?.[0]);
    }
  }

  async #page(scan: OpenScan): Promise<readonly (readonly [id: string, value: Bytes])[]> {
    const { after, from, to } = scan.ahead;
    const [least, end] = [boundOf(after ? '(' : '[', from), boundOf('(', to)];
    const [command, ...bounds] = scan.reverse ? ['zrevrangebylex', end, least] : ['zrangebylex', least, end];
    const { order, rows } = this.#keys;
    const reply = await this.#send('EVAL', pageScript, '2', rows, order, command as string, ...bounds, `${pageRows}`);
    const [keys, values] = reply as readonly [readonly Buffer[], readonly Buffer[]];
    return keys.map((key, i) => [bytesToId(key), plainBytes(values[i] as Buffer)]);
  }

  #keepForScans(changed: readonly Write[]): Promise<void> {
    return this.#scans.keep(
      changed.map(([key]) => key),
      (keys) => this.getMany(keys),
    );
  }

  /** Applies changes at once; many large ones are sent one by one before. */
  async #apply(changes: readonly Change[]): Promise<void> {
    const kinds = new Set(changes.map(([kind]) => kind));
    if (kinds.size === changes.length) return this.#owned(commitScript, changes.flat());
    const { staged } = this.#keys;
    await this.#send('DEL', staged);
    for (const change of changes) await this.#owned(stageScript, change, [staged]);
    await this.#owned(commitStagedScript, [`${2 * changes.length}`], [staged]);
  }

  /** Runs a script that returns 0 if another process has taken the space over. */
  async #owned(script: string, args: readonly (string | Buffer)[], more: readonly string[] = []): Promise<void> {
    const { order, owner, rows } = this.#keys;
    const keys = [rows, order, owner, ...more];
    if (Number(await this.#send('EVAL', script, `${keys.length}`, ...keys, this.#opened.epoch, ...args)) === 1) return;
    throw new FencedError(
      `another process has taken over the space "${this.#space}" of Redis: give each process its own space`,
    );
  }
}

/** Returns a bound of a sorted set: `[` includes the key, `(` excludes it. */
const boundOf = (sign: '[' | '(', id: string): Buffer => Buffer.concat([Buffer.from(sign), idToBytes(id)]);

const isAscii = (bytes: Bytes): boolean => bytes.every((byte) => byte < 0x80);

/** Returns changes of a kind, each small enough for one script. */
const changesOf = (kind: Change[0], lists: readonly (readonly Bytes[])[]): readonly Change[] =>
  batchesOf(lists, sizeOf, { bytes: scriptBytes }).map((part) => [kind, packed(part)]);

const sizeOf = (list: readonly Bytes[]): number => list.reduce((sum, { length }) => sum + length, 0);
