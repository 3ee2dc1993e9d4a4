/** Tests that need a service from outside: skipped aloud where it is missing, failing where it was promised. */
import { describe, test } from '@jest/globals';

/** The services a test can ask for, and the variables that say where they are. */
const variables = {
  kafka: { variable: 'KSTREAMS_KAFKA', holds: 'host:port' },
  redis: { variable: 'KSTREAMS_REDIS', holds: 'host:port' },
  browser: { variable: 'KSTREAMS_BROWSER', holds: '/path/to/chromium' },
} as const;

/** A service a test can ask for. */
export type Service = keyof typeof variables;

type Env = Readonly<Record<string, string | undefined>>;
type Presence = { readonly address: string } | { readonly missing: string; readonly required: boolean };

/** Whether a service is there; `KSTREAMS_REQUIRE` names, with commas between, those that must be. */
export const findService = (service: Service, env: Env): Presence => {
  const { variable, holds } = variables[service];
  const address = env[variable];
  if (address) return { address };
  const required = (env.KSTREAMS_REQUIRE ?? '').split(',').some((name) => name.trim() === service);
  return { missing: `${service} — set ${variable}=${holds}`, required };
};

/**
 * A suite that talks to a service. `suite` gets its address; where the service is missing it only names its tests, so
 * it must do nothing else outside of them.
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
      throw new Error(`KSTREAMS_REQUIRE asks for ${found.missing}`);
    });
  } else {
    process.stderr.write(`skipped: ${found.missing} (${title})\n`);
    describe.skip(title, () => suite(''));
  }
};
