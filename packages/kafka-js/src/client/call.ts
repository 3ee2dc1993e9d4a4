import type { API, Connection } from '@platformatic/kafka';
import { failureCodes, requestErrorOf } from './failures.js';

/** The part of a request of the package that is called. */
export type Api<Args extends unknown[], R> = API<Args, R>;

/**
 * Sends a request. A response with error codes is a response too: the package throws it.
 *
 * A connection with a request that timed out is closed: the package keeps the bytes of a late response, and takes them for
 * the beginning of the next one.
 *
 * @throws RequestError when there is no response.
 */
export const call = async <Args extends unknown[], R>(
  connection: Connection,
  api: Api<Args, R>,
  ...args: Args
): Promise<R> => {
  try {
    return await api.async(connection, ...args);
  } catch (thrown) {
    const { response } = thrown as { readonly response?: R };
    if (response !== undefined) return response;
    const error = requestErrorOf(thrown);
    if (error.code === failureCodes.timedOut) await connection.close();
    throw error;
  }
};
