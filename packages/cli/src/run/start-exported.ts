import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { ConfigError, type Topology, type Transport } from '@kstreams/core/graph';
import { settingsOf } from '../connection.js';
import { exportedTopologies, type TopologyBuilder } from '../load-topology.js';

/** The part of `kstreams` that starts applications. */
interface Kstreams {
  start(topology: Topology | TopologyBuilder, options: object): Promise<Running>;
  embedded(options: { readonly folder: string }): Transport;
}

interface Running {
  close(): Promise<void>;
}

interface KafkaEntry {
  kafka(options: object): Transport;
}

/** Receives the name of each application that starts in the process; returns a function to call when it runs. */
type OnStart = (application: string) => () => void;

/**
 * Starts the applications that a module exports, with its export `options`, and returns them. The log is that of the variables
 * `KSTREAMS_BROKERS` and `KSTREAMS_LOG`, else that of the options.
 *
 * @throws ConfigError where kstreams is not installed beside the module.
 */
export const startExported = async (
  script: string,
  exported: Readonly<Record<string, unknown>>,
): Promise<readonly Running[]> => {
  const topologies = exportedTopologies(exported);
  if (topologies.length === 0) return [];
  const { embedded, start } = await importBeside<Kstreams>(script, 'kstreams');
  const { options } = exported as { readonly options?: object };
  const { KSTREAMS_BROKERS: brokers, KSTREAMS_CONFIG: config, KSTREAMS_LOG: folder } = process.env;
  const transport = async (): Promise<Transport | undefined> => {
    if (folder !== undefined) return embedded({ folder });
    if (brokers === undefined) return undefined;
    const { kafka } = await importBeside<KafkaEntry>(script, 'kstreams/kafka');
    return kafka({ brokers, ...(config !== undefined && { client: settingsOf(config) }) });
  };
  const running: Running[] = [];
  for (const topology of topologies) {
    const named = await transport();
    running.push(
      await start(topology, { signals: true, ...options, ...(named !== undefined && { transport: named }) }),
    );
    if (named !== undefined) console.info(`${topology.name} runs on ${named.name}`);
  }
  refuseStarts(new Set(topologies.map(({ name }) => name)));
  return running;
};

/** Refuses a later start of applications that run already. */
const refuseStarts = (names: ReadonlySet<string>): void => {
  const host = globalThis as { [onStart]?: OnStart };
  host[onStart] = (application) => {
    if (!names.has(application)) return () => {};
    const message = `${application} runs already: kstreams run starts what a module exports; start it in another module`;
    process.send?.({ kstreams: 'refused', message });
    throw new ConfigError(message);
  };
};

const onStart = Symbol.for('kstreams.onStart');

/** Imports the copy of a package that a script uses. */
const importBeside = async <T>(script: string, name: string): Promise<T> => {
  let path: string;
  try {
    path = createRequire(script).resolve(name);
  } catch (thrown) {
    throw new ConfigError(
      `${script} exports an application, and ${name} is not installed beside it: npm install kstreams`,
      thrown,
    );
  }
  return (await import(pathToFileURL(path).href)) as T;
};
