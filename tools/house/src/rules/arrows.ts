/** Imports point down, between packages and between their folders; each third-party library lives in one place. */
import { importedPath, importsOf } from '../imports.js';
import type { Rule } from '../rule.js';
import type { Source } from '../source.js';

/** The entries of core without the chain. */
const contracts = ['core/graph', 'core/state'];

/** Each package with the packages that it may import. `core/graph` stands for that entry alone. */
const packages: Readonly<Record<string, readonly string[]>> = {
  core: [],
  runtime: contracts,
  serde: contracts,
  avro: contracts,
  protobuf: contracts,
  msgpack: [...contracts, 'serde'],
  registry: contracts,
  codecs: contracts,
  prometheus: [...contracts, 'runtime'],
  query: [...contracts, 'runtime'],
  inspector: [...contracts, 'runtime', 'query'],
  drawing: contracts,
  ui: [...contracts, 'drawing'],
  'query-grpc': [...contracts, 'runtime', 'query'],
  opentelemetry: contracts,
  stores: contracts,
  postgres: [...contracts, 'stores'],
  redis: [...contracts, 'stores'],
  bigtable: [...contracts, 'stores'],
  snapshots: contracts,
  s3: contracts,
  gcs: contracts,
  embedded: contracts,
  level: [...contracts, 'embedded'],
  'kafka-common': contracts,
  kafka: [...contracts, 'kafka-common'],
  'kafka-js': [...contracts, 'kafka-common'],
  windowing: ['core'],
  joins: ['core'],
  aggregates: ['core', 'serde'],
  steps: ['core', 'serde'],
  testing: ['core', 'runtime', 'stores', 'embedded'],
  simulation: ['core', 'runtime', 'stores', 'embedded'],
  cli: [...contracts, 'runtime', 'serde', 'embedded', 'level', 'kafka', 'drawing'],
  kstreams: ['core', 'windowing', 'joins', 'runtime', 'serde', 'stores', 'embedded', 'level', 'kafka'],
};

/** Private packages hold tests and their fakes: they may import every package and Node. */
const testPackages = new Set(['test-support', 'integration-tests']);

/** Folders of a package with the folders beside them that they may import. A folder without an entry is not checked. */
const folders: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  core: { graph: [], state: ['graph'], dsl: ['graph', 'state'] },
  runtime: {
    telemetry: [],
    async: ['telemetry'],
    compile: [],
    'topic-io': [],
    metadata: [],
    task: ['async', 'compile', 'telemetry'],
    restore: ['task'],
    query: ['task'],
    global: ['compile', 'task'],
    worker: ['async', 'task', 'restore', 'query', 'global', 'telemetry'],
    app: ['async', 'task', 'restore', 'query', 'global', 'metadata', 'worker', 'telemetry'],
    http: ['app'],
  },
};

const libraries: Readonly<Record<string, readonly string[]>> = {
  'temporal-polyfill': ['windowing'],
  'ts-pattern': ['core', 'runtime', 'kstreams'],
  rxjs: ['runtime', 'query'],
  level: ['level'],
  '@confluentinc/kafka-javascript': ['kafka'],
  '@platformatic/kafka': ['kafka-js'],
  '@standard-schema/spec': ['serde'],
  avsc: ['avro'],
  '@bufbuild/protobuf': ['protobuf'],
  msgpackr: ['msgpack'],
  'prom-client': ['prometheus'],
  '@grpc/grpc-js': ['query-grpc'],
  '@grpc/proto-loader': ['query-grpc'],
  '@aws-sdk/client-s3': ['s3'],
  aws4fetch: ['s3'],
  '@opentelemetry/api': ['opentelemetry'],
  ajv: ['registry'],
  commander: ['cli'],
  '@clack/prompts': ['cli'],
  preact: ['ui'],
  '@preact/signals': ['ui'],
  '@dagrejs/dagre': ['drawing'],
  uplot: ['ui'],
};

/** Packages that run on Node only. State on Level and the HTTP server of extensions do, too; the rest also runs in a browser. */
const nodePackages: ReadonlySet<string | undefined> = new Set([
  'bigtable',
  'kafka',
  'kafka-js',
  'cli',
  'codecs',
  'inspector',
  'postgres',
  'prometheus',
  'query',
  'query-grpc',
  'redis',
  'snapshots',
]);

const mayUseNode = ({ path, room }: Source): boolean =>
  nodePackages.has(room) || /^packages\/(level\/src\/(state|files)|runtime\/src\/http)\//.test(path);

export const arrows: Rule = {
  name: 'arrows',
  check: ({ sources }) =>
    sources
      .filter(({ room, isTest }) => room !== undefined && !testPackages.has(room) && !isTest)
      .flatMap((source) =>
        importsOf(source).flatMap(({ specifier, line }) => {
          const problem = problemOf(source, specifier);
          return problem ? [{ path: source.path, line, ...problem }] : [];
        }),
      ),
};

const problemOf = (source: Source, specifier: string): { what: string; mend: string } | undefined => {
  const target = importedPath(source.path, specifier);
  return target === undefined ? ofLibrary(source, specifier) : ofRoom(source, specifier, target);
};

const ofRoom = ({ path, room = '' }: Source, specifier: string, target: string) => {
  const [, targetRoom = '', targetFolder] = placeOf(target);
  if (targetRoom === room) return ofFolder(room, path, targetFolder);
  if (specifier.startsWith('.')) {
    return { what: `"${specifier}" reaches out of its package`, mend: 'import the package by its name' };
  }
  const allowed = packages[room] ?? [];
  if (allowed.includes(targetRoom) || allowed.includes(`${targetRoom}/${targetFolder}`)) return undefined;
  const imported = specifier.replace('@kstreams/', '');
  return {
    what: `${room} imports ${imported}`,
    mend: `${room} may import ${allowed.join(', ') || 'no other package'}`,
  };
};

const ofFolder = (room: string, path: string, targetFolder: string | undefined) => {
  const [, , folder] = placeOf(path);
  const allowed = folders[room]?.[folder ?? ''];
  if (allowed === undefined || folder === targetFolder || allowed.includes(targetFolder ?? '')) return undefined;
  return {
    what: `${room}/${folder} imports ${room}/${targetFolder ?? 'index'}`,
    mend: `${room}/${folder} may import ${allowed.join(', ') || 'no folder beside it'}`,
  };
};

/** The package and the folder, if any, in which a source lies. */
const placeOf = (path: string): readonly (string | undefined)[] =>
  /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(path) ?? [];

const ofLibrary = (source: Source, specifier: string) => {
  if (specifier.startsWith('#')) return undefined;
  if (specifier.startsWith('node:')) {
    if (mayUseNode(source)) return undefined;
    return {
      what: `"${specifier}" in a file that also runs in a browser`,
      mend: `move it into level/src/state, level/src/files, runtime/src/http or a package of Node: ${[...nodePackages].join(', ')}`,
    };
  }
  const library = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const owners = libraries[library];
  if (owners?.includes(source.room ?? '')) return undefined;
  const mend = owners ? `only ${owners.join(' and ')} may import it` : 'do without it, or name its home in this rule';
  return { what: `${source.room} imports "${library}"`, mend };
};
