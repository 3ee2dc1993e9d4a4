/** Tests that need an external service: skipped with a message if it is missing, failing if it is required. */
import { describe, test } from '@jest/globals';

/** The services and the variables with their addresses. */
const variables = {
  kafka: { variable: 'KSTREAMS_KAFKA', holds: 'host:port' },
  'kafka-sasl': { variable: 'KSTREAMS_KAFKA_SASL', holds: 'host:port' },
  'kafka-tls': { variable: 'KSTREAMS_KAFKA_TLS', holds: '/folder/with/certificates' },
  redis: { variable: 'KSTREAMS_REDIS', holds: 'host:port' },
  postgres: { variable: 'KSTREAMS_POSTGRES', holds: 'postgres://user@host:port/database' },
  s3: { variable: 'KSTREAMS_S3', holds: 'http://access:secret@host:port' },
  gcs: { variable: 'KSTREAMS_GCS', holds: 'http://host:port' },
  bigtable: { variable: 'KSTREAMS_BIGTABLE', holds: 'bigtable://host:port/path/with/node_modules' },
  registry: { variable: 'KSTREAMS_REGISTRY', holds: 'http://host:port/path' },
  confluent: { variable: 'KSTREAMS_CONFLUENT', holds: '/path/with/node_modules' },
  prometheus: { variable: 'KSTREAMS_PROMETHEUS', holds: '/path/to/prometheus' },
  grpcurl: { variable: 'KSTREAMS_GRPCURL', holds: '/path/to/grpcurl' },
  browser: { variable: 'KSTREAMS_BROWSER', holds: '/path/to/chromium' },
  tmux: { variable: 'KSTREAMS_TMUX', holds: '/path/to/tmux' },
  zsh: { variable: 'KSTREAMS_ZSH', holds: '/path/to/zsh' },
  fish: { variable: 'KSTREAMS_FISH', holds: '/path/to/fish' },
} as const;

/** A service that a test can use. */
export type Service = keyof typeof variables;

type Env = Readonly<Record<string, string | undefined>>;
type Presence = { readonly address: string } | { readonly missing: string; readonly required: boolean };

/**
 * Returns the address of a service, or the reason why it is missing. `KSTREAMS_REQUIRE` lists required services,
 * separated by commas.
 */
export const findService = (service: Service, env: Env): Presence => {
  const { variable, holds } = variables[service];
  const address = env[variable];
  if (address) return { address };
  const required = (env.KSTREAMS_REQUIRE ?? '').split(',').some((name) => name.trim() === service);
  return { missing: `${service} — set ${variable}=${holds}`, required };
};

/**
 * Describes a suite that uses a service. `suite` receives the address; it must do nothing outside its tests, since a
 * missing service only lists them.
 *
 * @example
 * describeWith('kafka', 'transactions', (address) => {
 *   test('an aborted one stays unread', async () => { … });
 * });
 */
export const describeWith = (service: Service, title: string, suite: (address: string) => void): void => {
  const found = findService(service, process.env);
  if ('address' in found) {
    describe(title, () => suite(found.address));
  } else if (found.required) {
    test(`${title}: ${service} is there`, () => {
      throw new Error(`KSTREAMS_REQUIRE lists ${found.missing}`);
    });
  } else {
    process.stderr.write(`skipped: ${found.missing} (${title})\n`);
    describe.skip(title, () => suite(''));
  }
};
