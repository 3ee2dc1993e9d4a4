import { ConfigError, messageOf } from '@kstreams/core/graph';
import type { Addon } from './addon.js';

/** The package of the native client, and its oldest version that works here. */
const clientPackage: string = '@confluentinc/kafka-javascript';
const oldestVersion = '1.10.1';

/** Loads a module by its specifier. */
export type Import = (specifier: string) => Promise<Record<'default', unknown>>;

/** The specifier is a variable: this file compiles where the client is not installed. */
const importModule: Import = (specifier) =>
  specifier.endsWith('.json') ? import(specifier, { with: { type: 'json' } }) : import(specifier);

let loaded: Promise<Addon> | undefined;

/**
 * Loads the native client once, on first use. The client is an optional peer dependency.
 *
 * @throws ConfigError when the client is missing, too old, or has no binary for this platform; it names the command to run.
 */
export const loadAddon = (load: Import = importModule): Promise<Addon> => {
  loaded ??= importAddon(load).catch((thrown: unknown) => {
    loaded = undefined;
    throw thrown;
  });
  return loaded;
};

const importAddon = async (load: Import): Promise<Addon> => {
  const { version } = (await load(`${clientPackage}/package.json`).then(
    (module) => module.default,
    (thrown: unknown) => {
      throw new ConfigError(
        `Kafka needs the package ${clientPackage}, which is not installed: npm install ${clientPackage}`,
        thrown,
      );
    },
  )) as { readonly version: string };
  if (isOlder(version, oldestVersion)) {
    throw new ConfigError(
      `Kafka needs ${clientPackage} ${oldestVersion} or newer, but ${version} is installed: ` +
        `npm install ${clientPackage}@^${oldestVersion}`,
    );
  }
  try {
    return ((await load(clientPackage)).default as { readonly RdKafka: Addon }).RdKafka;
  } catch (thrown) {
    throw new ConfigError(`Kafka cannot load ${clientPackage} ${version}: ${failureOf(thrown)}`, thrown);
  }
};

/** Compares versions by their three numbers; prereleases count as their release. */
const isOlder = (version: string, than: string): boolean => {
  const numbers = (text: string): readonly number[] => text.split(/[.-]/, 3).map(Number);
  const [found, least] = [numbers(version), numbers(than)];
  const differs = least.findIndex((number, i) => found[i] !== number);
  return differs >= 0 && (found[differs] ?? 0) < (least[differs] as number);
};

const failureOf = (thrown: unknown): string => {
  const message = messageOf(thrown);
  if (message.includes('did not self-register')) {
    return 'a process loads it once only, in its main thread: run more processes instead of worker threads';
  }
  return (
    `no binary fits this platform (${message.split('\n')[0]}): npm rebuild ${clientPackage} builds one from source; ` +
    'with CKJS_LINKING=dynamic in the environment it uses the OpenSSL, zlib, zstd, curl and SASL of the system'
  );
};
