import { TransportError } from '@kstreams/core/graph';
import { failureCodes, requestErrorOf } from './failures.js';

/** The problems of connections by the words of their error, with their remedies; the first match counts. */
const problems: readonly { readonly words: RegExp; readonly mend: string; readonly final: boolean }[] = [
  { words: /mechanism/i, mend: "set `sasl.mechanism` to one of the broker's listener", final: true },
  {
    words: /authenticat/i,
    mend: 'set `sasl.username` and `sasl.password` to those of a user of the cluster',
    final: true,
  },
  {
    words: /certificate|self.signed|altname/i,
    mend: 'set `tls.ca` to the certificate authority of the brokers',
    final: true,
  },
  { words: /TLS|SSL/, mend: "set `tls` to that of the broker's listener", final: false },
  {
    words: /connection closed|ECONNRESET|timed out/i,
    mend: "check that a broker runs; set `tls` and `sasl` to those of the broker's listener",
    final: false,
  },
  { words: /ENOTFOUND|EAI_AGAIN/, mend: 'check the host names of `brokers`', final: false },
];

/** Returns the error of a client that cannot connect, with the remedy. */
export const connectErrorOf = (brokers: string, thrown: unknown): TransportError => {
  if (thrown instanceof TransportError) return thrown;
  const { code, message: words } = requestErrorOf(thrown);
  const found = problems.find((one) => one.words.test(words));
  const refused = code === failureCodes.authenticationFailed;
  const mend = found?.mend ?? 'check the addresses and that a broker runs';
  const message = `cannot connect to the Kafka brokers at ${brokers}: ${words}: ${mend}`;
  return new TransportError(message, {}, thrown, !refused && found?.final !== true);
};
