import { ConfigError, type Transport } from '@kstreams/core/graph';

/** The Node process; absent in a page. */
interface Host {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly send?: (message: object) => void;
}

/**
 * Throws when `kstreams run` has forked several processes on a log that belongs to one process. Reports the refusal to the
 * parent process, which then does not restart this one.
 */
export const checkSingleProcess = ({ name, singleProcess }: Transport): void => {
  const { process: host } = globalThis as { readonly process?: Host };
  const count = Number(host?.env?.KSTREAMS_PROCESSES ?? 1);
  if (singleProcess !== true || !(count > 1)) return;
  const message = `the ${name} belongs to one process, and this is one of ${count}: use Kafka to share work, or --processes 1`;
  host?.send?.({ kstreams: 'refused', message });
  throw new ConfigError(message);
};
