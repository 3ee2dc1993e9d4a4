import { ConfigError, messageOf, type OptionChecks, option } from '@kstreams/core/graph';

/** The address that a server listens at. */
export interface HttpAddress {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** The checks of {@link HttpAddress}. */
export const addressChecks: Required<OptionChecks<Partial<HttpAddress>>> = {
  host: option.text,
  port: {
    takes: 'a port, a whole number from 0 to 65535',
    accepts: (value) => option.whole(0).accepts(value) && (value as number) <= 65_535,
  },
};

/** The advice by code of the system. */
const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there: choose another "port", or 0 for a free one',
  EACCES: 'the process may not listen there: choose a "port" from 1024 on',
  EADDRNOTAVAIL: 'no interface of this machine has the address: choose another "host", or 0.0.0.0 for all',
  ENOTFOUND: 'the host is unknown: choose another "host", or 127.0.0.1',
};

/** Returns the error of a server that cannot listen. */
export const cannotListen = ({ host, port }: HttpAddress, thrown: unknown): ConfigError => {
  const cause = messageOf(thrown);
  const hint = Object.entries(advice).find(([code]) => cause.includes(code))?.[1] ?? 'choose another "host" or "port"';
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new ConfigError(`cannot listen at ${at}, ${hint} (${cause})`, thrown);
};
