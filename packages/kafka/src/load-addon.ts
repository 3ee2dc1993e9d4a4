import { ConfigError, messageOf } from '@kstreams/core';
import type { Addon } from './addon.js';

/** The addon's name, not a literal in the import: where it is not installed this file must still compile. */
const library: string = '@confluentinc/kafka-javascript';

let loaded: Promise<Addon> | undefined;

/**
 * Loads the native client when it is first needed. It is an optional dependency: where its binary is missing, the error
 * says how to get it.
 */
export const loadAddon = (load: () => Promise<unknown> = () => import(library)): Promise<Addon> => {
  loaded ??= load().then(
    (module) => (module as Record<'default', { RdKafka: Addon }>).default.RdKafka,
    (thrown: unknown) => {
      loaded = undefined;
      throw new ConfigError(`Kafka needs the package ${library}, ${reasonOf(thrown)}`, thrown);
    },
  );
  return loaded;
};

const reasonOf = (thrown: unknown): string => {
  const message = messageOf(thrown);
  if (
    (thrown as { code?: string } | undefined)?.code === 'ERR_MODULE_NOT_FOUND' ||
    /Cannot find module/.test(message)
  ) {
    return `which is not installed: npm install ${library}`;
  }
  if (message.includes('did not self-register')) {
    return 'which a process can load once only, in its main thread: run more processes instead of worker threads';
  }
  return (
    `which has no binary that fits this platform (${message.split('\n')[0]}): npm rebuild ${library} builds one from ` +
    'source; with CKJS_LINKING=dynamic in the environment it uses the OpenSSL, zlib, zstd, curl and SASL of the system'
  );
};
