import type { StaleBody } from '../protocol/bodies.js';

/** Adds the copies that were read to the text of a JSON object with members. Without copies the text stays as it is. */
export const staleJson = (json: string, stale: readonly StaleBody[] = []): string =>
  stale.length === 0 ? json : `${json.slice(0, -1)},"stale":${JSON.stringify(stale)}}`;
