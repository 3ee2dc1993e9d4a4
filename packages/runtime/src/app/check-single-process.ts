import { ConfigError, type Transport } from '@kstreams/core/graph';

/** The process, where there is one: in a page there is not. */
interface Host {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly send?: (message: object) => void;
}

/**
 * Refuses a log that belongs to one process where `kstreams run` has forked several: each would have a log of its own, or
 * be locked out. Whoever forked this one is told, so that it does not try again.
 */
export const checkSingleProcess = ({ name, singleProcess }: Transport): void => {
  const { process: host } = globalThis as { readonly process?: Host };
  const count = Number(host?.env?.KSTREAMS_PROCESSES ?? 1);
  if (singleProcess !== true || !(count > 1)) return;
  const message = `the ${name} belongs to one process, and this is one of ${count}: use Kafka to share work, or --processes 1`;
  host?.send?.({ kstreams: 'refused', message });
  throw new ConfigError(message);
};
