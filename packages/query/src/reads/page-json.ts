import { bytesToId } from '@kstreams/core/graph';
import type { Page } from './local-reads.js';
import { encodePageToken } from './page-token.js';
import type { ScanQuery } from './query.js';
import { staleJson } from './stale-json.js';

/** Returns the JSON of a page: with places for another process, with the token of the next page for a client. */
export const pageJson = ({ more, rows, stale }: Page, { text }: ScanQuery, forwarded: boolean): string => {
  const list = `"rows":[${rows.map(({ json }) => json).join(',')}]`;
  if (forwarded) {
    const places = rows.map(({ partition, rowKey }) => [partition, btoa(bytesToId(rowKey))]);
    return staleJson(`{${list},"places":${JSON.stringify(places)},"more":${more}}`, stale);
  }
  const last = rows.at(-1);
  const next = more && last !== undefined ? `,"next":"${encodePageToken(last, text)}"` : '';
  return staleJson(`{${list}${next}}`, stale);
};
