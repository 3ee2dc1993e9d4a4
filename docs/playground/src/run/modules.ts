/** Modules for snippets: the published packages, with topologies, drivers and applications observed. */
import type { StreamsOptions } from '@kstreams/core';
import * as core from '@kstreams/core';
import * as joins from '@kstreams/joins';
import * as serde from '@kstreams/serde';
import { memory } from '@kstreams/stores';
import { type Testable, TestClock, TestDriver, type TestDriverOptions } from '@kstreams/testing';
import * as windowing from '@kstreams/windowing';
import { type StartOptions, streams } from 'kstreams';
import * as patterns from 'ts-pattern';
import type { Session } from './session.js';

/** Returns the modules of one run by import name. The embedded log and the runtime are loaded only on demand. */
const modulesOf = (session: Session): ReadonlyMap<string, object> =>
  new Map<string, object>([
    [
      'kstreams',
      {
        ...core,
        ...serde,
        ...windowing,
        ...joins,
        memory,
        streams: (name: string, options?: StreamsOptions) => session.built(streams(name, options)),
      },
    ],
    ['kstreams/authors', { ...core, window: windowing.window }],
    [
      '@kstreams/testing',
      {
        TestClock,
        TestDriver,
        testDriver: (topology: Testable, options?: TestDriverOptions) => session.drive(topology, options),
      },
    ],
    ['ts-pattern', patterns],
  ]);

/** Modules that are fetched when a snippet imports them. */
const onDemand: Readonly<Record<string, () => Promise<object>>> = {
  '@kstreams/aggregates': () => import('@kstreams/aggregates'),
  '@kstreams/steps': () => import('@kstreams/steps'),
  rxjs: () => import('rxjs'),
  zod: () => import('zod'),
  valibot: () => import('valibot'),
};

/** Fetches the other modules that the code imports. Throws for modules that do not run in a browser. */
export const loadModules = async (code: string, session: Session): Promise<ReadonlyMap<string, object>> => {
  const all = new Map(modulesOf(session));
  for (const [, name = ''] of code.matchAll(/\brequire\('([^']+)'\)/g)) {
    if (all.has(name)) continue;
    const load = onDemand[name];
    if (load === undefined) throw new TypeError(`"${name}" cannot be imported here: ${reason(name)}`);
    all.set(name, await load());
  }
  if (/_testing\.(?!testDriver\b|TestDriver\b|TestClock\b)/.test(code))
    all.set('@kstreams/testing', { ...(await import('@kstreams/testing')), ...all.get('@kstreams/testing') });
  if (/_kstreams\.(start|run|embedded)\b/.test(code))
    all.set('kstreams', await running(all.get('kstreams') as object, session));
  return all;
};

/** The package `kstreams` with applications that run in memory unless they say otherwise. */
const running = async (door: object, session: Session): Promise<object> => {
  const { embedded, start, ...rest } = await import('kstreams');
  const defaults = (): StartOptions => ({ transport: embedded(), state: memory() });
  return {
    ...rest,
    ...door,
    embedded,
    start: (...[source, options]: Parameters<typeof start>) =>
      session.start(start, source, { ...defaults(), ...options }),
  };
};

const reason = (name: string): string =>
  /^node:|level$|kafka$/.test(name)
    ? 'it needs Node; copy the snippet and run it there'
    : `a snippet may import ${['kstreams', 'kstreams/authors', '@kstreams/testing', 'ts-pattern', ...Object.keys(onDemand)].join(', ')}`;
