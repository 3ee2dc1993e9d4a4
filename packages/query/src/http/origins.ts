import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../service/problem.js';

/**
 * Lets pages of the listed origins query, and refuses those of others. Returns true when the response is complete, because
 * the request was for permission only.
 *
 * @throws Problem for a page of another origin.
 */
export const admitOrigin = (
  { headers, method }: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): boolean => {
  const { origin } = headers;
  if (origin === undefined) return false;
  response.setHeader('vary', 'origin');
  if (!origins.includes(origin))
    throw new Problem('forbidden', 'pages of this origin may not query: add it to the option "origins"');
  response.setHeader('access-control-allow-origin', origin);
  if (method !== 'OPTIONS') return false;
  response
    .writeHead(204, {
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'authorization, last-event-id',
      'access-control-max-age': '600',
    })
    .end();
  return true;
};

/** True for the loopback address as a host, with or without a port. */
export const isLoopback = (host: string | undefined): boolean =>
  host !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|::1)(:\d+)?$/.test(host);
