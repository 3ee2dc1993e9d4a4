/** `@kafkats/flow`, installed on demand into the user's cache: it is measured beside us and is no dependency. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder } from '../cache-folder.js';

/** The measured version. */
export const flowVersion = '0.12.0';
const folder = cacheFolder(`flow-${flowVersion}`);

/** The part of vitest that the test driver of flow imports, which its package does not name as a dependency. */
const vitest = `export const vi = {
  spyOn: (object, name) => {
    const replaceWith = (made) => { object[name] = made; };
    return { mockImplementation: replaceWith, mockResolvedValue: (value) => replaceWith(async () => value) };
  },
  restoreAllMocks: () => {},
};
`;

/** Installs flow once. Returns the reason when that fails. */
export const installFlow = (): string | undefined => {
  if (existsSync(folder)) return undefined;
  const part = `${folder}.${process.pid}`;
  const install = ['install', '--prefix', part, '--no-audit', '--no-fund', '--ignore-scripts'];
  const { status } = spawnSync('npm', [...install, `@kafkats/flow@${flowVersion}`], {
    stdio: ['ignore', 2, 'inherit'],
  });
  if (status !== 0) {
    rmSync(part, { recursive: true, force: true });
    return `@kafkats/flow ${flowVersion} could not be installed`;
  }
  const stand = join(part, 'node_modules/vitest');
  mkdirSync(stand, { recursive: true });
  writeFileSync(join(stand, 'package.json'), '{ "name": "vitest", "type": "module", "exports": "./index.js" }\n');
  writeFileSync(join(stand, 'index.js'), vitest);
  renameSync(part, folder);
  return undefined;
};

interface Codec {
  readonly decode: (bytes: Uint8Array) => unknown;
}

interface Codecs {
  readonly key?: Codec;
  readonly value: Codec;
}

/** The steps of a flow that are measured. */
interface FlowStream {
  filter(keep: (key: unknown, value: unknown) => boolean): FlowStream;
  mapValues(map: (value: unknown) => unknown): FlowStream;
  groupByKey(codecs: Codecs): { count(): { toStream(): FlowStream } };
  to(topic: string, codecs: Codecs): void;
}

interface FlowContext {
  send(
    topic: string,
    value: unknown,
    options: { codec: Codec; keyValue: unknown; keyCodec: Codec; timestamp: bigint },
  ): Promise<void>;
  output(topic: string, codecs: Codecs): readonly { readonly value: unknown }[];
}

interface Flow {
  readonly TestDriver: new (options: {
    readonly applicationId: string;
  }) => {
    input(topic: string, codecs: Codecs): FlowStream;
    start(): Promise<FlowContext>;
    stop(): Promise<void>;
  };
  readonly codec: { string(): Codec; json(): Codec };
}

/** Loads an installed flow. */
export const loadFlow = async (): Promise<Flow> => {
  const at = (file: string): string => pathToFileURL(join(folder, 'node_modules/@kafkats/flow/dist', file)).href;
  const [{ TestDriver }, { codec }] = await Promise.all([import(at('testing.js')), import(at('index.js'))]);
  return { TestDriver, codec };
};
