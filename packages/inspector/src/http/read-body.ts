import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

/** The largest body, in bytes. */
const largest = 65_536;

/**
 * Resolves to the body of a request as text.
 *
 * @throws Refusal for a body that is too large or of another type than JSON.
 */
export const readBody = async (request: IncomingMessage): Promise<string> => {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw new Refusal(400, 'send JSON');
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > largest) throw new Refusal(413, `send at most ${largest} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
};
