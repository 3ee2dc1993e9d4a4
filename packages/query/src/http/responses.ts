import type { ServerResponse } from 'node:http';
import type { Problem } from '../service/problem.js';

const shared = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const;

/** Sends JSON text. */
export const sendJson = (response: ServerResponse, json: string): void => {
  response.writeHead(200, { ...shared, 'content-type': 'application/json' }).end(json);
};

/** Sends a problem. */
export const sendProblem = (response: ServerResponse, problem: Problem): void => {
  const headers = { ...shared, ...problem.headers, 'content-type': 'application/problem+json' };
  response.writeHead(problem.status, headers).end(JSON.stringify(problem.body));
};
