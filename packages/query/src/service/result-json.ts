import { bytesToId } from '@kstreams/core/graph';
import type { StaleBody } from '../protocol/bodies.js';
import type { PageResult, QueryResult } from './query-request.js';

/** Returns the JSON of a result. A page has the places of its rows for another process. */
export const resultJson = (result: QueryResult): string => {
  switch (result.kind) {
    case 'stores':
      return JSON.stringify(result.stores);
    case 'row':
      return staleJson(result.row.json, result.row.stale);
    case 'count':
      return staleJson(JSON.stringify({ count: result.count.count }), result.count.stale);
    default:
      return pageJson(result);
  }
};

const pageJson = ({ forwarded, next, page }: PageResult): string => {
  const { more, rows, stale } = page;
  const list = `"rows":[${rows.map(({ json }) => json).join(',')}]`;
  if (forwarded) {
    const places = rows.map(({ partition, rowKey }) => [partition, btoa(bytesToId(rowKey))]);
    return staleJson(`{${list},"places":${JSON.stringify(places)},"more":${more}}`, stale);
  }
  return staleJson(next === undefined ? `{${list}}` : `{${list},"next":"${next}"}`, stale);
};

/** Adds the copies that were read to the text of a JSON object with members. */
const staleJson = (json: string, stale: readonly StaleBody[] = []): string =>
  stale.length === 0 ? json : `${json.slice(0, -1)},"stale":${JSON.stringify(stale)}}`;
