/** Imports point down, between packages and between their folders; each third-party library lives in one place. */
import { importedPath, importsOf } from '../imports.js';
import type { Rule } from '../rule.js';
import type { Source } from '../source.js';

const rooms: Readonly<Record<string, readonly string[]>> = {
  core: [],
  runtime: ['core'],
  serde: ['core'],
  stores: ['core'],
  kafka: ['core'],
  embedded: ['core'],
  windowing: ['core'],
  joins: ['core'],
  testing: ['core', 'stores', 'runtime', 'embedded'],
  simulation: ['core', 'stores', 'runtime', 'embedded'],
  cli: ['core'],
  kstreams: ['core', 'runtime', 'serde', 'stores', 'kafka', 'embedded', 'windowing', 'joins'],
};

const libraries: Readonly<Record<string, readonly string[]>> = {
  'temporal-polyfill': ['windowing'],
  'ts-pattern': ['core', 'runtime', 'kstreams'],
  rxjs: ['runtime'],
  level: ['stores', 'embedded'],
  'abstract-level': ['stores', 'embedded'],
  'classic-level': ['stores', 'embedded'],
  'memory-level': ['stores', 'embedded'],
  '@confluentinc/kafka-javascript': ['kafka'],
  '@standard-schema/spec': ['serde'],
};

/** A package's Level entry runs on Node only, as all of `kafka` and `cli` does; the rest also runs in a browser. */
const mayUseNode = ({ path, room }: Source): boolean =>
  room === 'kafka' || room === 'cli' || /\/level(\/|\.ts$)/.test(path);

export const arrows: Rule = {
  name: 'arrows',
  check: ({ sources }) =>
    sources
      .filter(({ room, isTest }) => room !== undefined && !isTest)
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
  const targetRoom = /^packages\/([^/]+)\//.exec(target)?.[1];
  if (targetRoom === room) {
    if (!path.startsWith('packages/core/src/graph/') || !target.startsWith('packages/core/src/dsl/')) return undefined;
    return { what: `core/graph imports core/dsl ("${specifier}")`, mend: 'move what both need into graph' };
  }
  if (specifier.startsWith('.')) {
    return { what: `"${specifier}" reaches out of its package`, mend: 'import the package by its name' };
  }
  if (rooms[room]?.includes(targetRoom ?? '')) return undefined;
  const allowed = rooms[room]?.join(', ') || 'no other package';
  return { what: `${room} imports ${targetRoom}`, mend: `${room} may import ${allowed}; move the code or its words` };
};

const ofLibrary = (source: Source, specifier: string) => {
  if (specifier.startsWith('node:')) {
    if (mayUseNode(source)) return undefined;
    return {
      what: `"${specifier}" in a file that also runs in a browser`,
      mend: 'move it into a Level entry, kafka or cli',
    };
  }
  const library = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const owners = libraries[library];
  if (owners?.includes(source.room ?? '')) return undefined;
  const mend = owners ? `only ${owners.join(' and ')} may import it` : 'do without it, or name its home in this rule';
  return { what: `${source.room} imports "${library}"`, mend };
};
