import { type Bytes, bytesToId, crc32c, idToBytes, toUtf8 } from '@kstreams/core/graph';
import { Problem } from '../service/problem.js';

/** The last row of a page. */
export interface PageEnd {
  readonly partition: number;
  readonly rowKey: Bytes;
}

/** Returns the token of the page that begins after a row, for a query of the same parameters. */
export const encodePageToken = ({ partition, rowKey }: PageEnd, query: string): string =>
  btoa(`${partition} ${crc32c(toUtf8(query))} ${bytesToId(rowKey)}`)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

/**
 * Returns the end of the page before a token.
 *
 * @throws Problem for a malformed token, and for the token of another query.
 */
export const decodePageToken = (token: string, query: string): PageEnd => {
  const [, partition, sum, id] = /^(\d{1,9}) (\d{1,10}) (.*)$/s.exec(decoded(token)) ?? [];
  if (partition === undefined || id === undefined) throw new Problem('bad-request', 'the page token is malformed');
  if (Number(sum) !== crc32c(toUtf8(query)))
    throw new Problem(
      'bad-request',
      'the page token belongs to another query: repeat the parameters of its first page',
    );
  return { partition: Number(partition), rowKey: idToBytes(id) };
};

const decoded = (token: string): string => {
  try {
    return atob(token.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    // A text that is not base64 is no token.
    return '';
  }
};
