import { randomBytes } from 'node:crypto';
import { ConfigError, type OptionChecks, option } from '@kstreams/core/graph';

/** Options of {@link inspectorHandler}. */
export interface InspectorOptions {
  /**
   * The token that requests must have, of at least 16 characters; a random one unless set. All processes of an application need
   * the same one.
   */
  readonly token?: string;
  /** The path below which the handler is mounted, such as `'/inspector'`; none unless set. Equal in all processes. */
  readonly path?: string;
  /** Names of hosts that requests may be for, beside `localhost`, addresses and the host of `endpoint`; none unless set. */
  readonly hosts?: readonly string[];
  /** False to serve no keys, values and headers: no stores, no records, no dead letters. True unless set. */
  readonly records?: boolean;
  /** True to let dead letters be written to their source topics again; false unless set. */
  readonly replay?: boolean;
  /** Receives the error of each request that failed although it was valid. Its message may hold parts of rows. */
  readonly onError?: (error: unknown) => void;
}

/** The checks of {@link InspectorOptions}. */
export const inspectorChecks: OptionChecks<InspectorOptions> = {
  token: option.text,
  path: {
    takes: "a path such as '/inspector'",
    accepts: (value) => typeof value === 'string' && /^\/[^?#]*[^/?#]$/.test(value),
  },
  hosts: option.listOf(option.text),
  records: option.flag,
  replay: option.flag,
  onError: option.fn,
};

/** The shortest token. */
const shortest = 16;

/**
 * Returns the given token, or a random one.
 *
 * @throws ConfigError for a token shorter than 16 characters.
 */
export const tokenOf = (given: string | undefined): string => {
  if (given === undefined) return randomBytes(24).toString('base64url');
  if (given.length >= shortest) return given;
  throw new ConfigError(
    `the token of the inspector has fewer than ${shortest} characters: use a random text, such as of 32 characters`,
  );
};
