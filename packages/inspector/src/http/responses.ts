import type { ServerResponse } from 'node:http';
import type { Refusal } from './refusal.js';

const shared = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Sends a value as JSON. */
export const sendJson = (response: ServerResponse, value: unknown): void => {
  response.writeHead(200, { ...shared, 'content-type': 'application/json' }).end(JSON.stringify(value));
};

/** Sends a file of the page. */
export const sendFile = (response: ServerResponse, type: string, content: string | Uint8Array): void => {
  const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:";
  response
    .writeHead(200, {
      ...shared,
      'content-type': type,
      'content-security-policy': `${policy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-frame-options': 'DENY',
    })
    .end(content);
};

/** Sends a refusal. */
export const sendRefusal = (response: ServerResponse, refusal: Refusal): void => {
  const more = refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  response
    .writeHead(refusal.status, { ...shared, ...more, 'content-type': 'application/problem+json' })
    .end(JSON.stringify(refusal.body));
};
