import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { Refusal } from './refusal.js';

/** Options of an admission. */
export interface AdmissionOptions {
  readonly token: string;
  readonly hosts: readonly string[];
}

/**
 * Admits requests by their host, origin and token. Every request passes here once, before it is routed. A host is an address,
 * `localhost` or a listed name, since a page that rebinds a name to the loopback address sends that name.
 */
export class Admission {
  readonly #token: Buffer;
  readonly #hosts: ReadonlySet<string>;

  constructor({ hosts, token }: AdmissionOptions) {
    this.#token = digest(token);
    this.#hosts = new Set(['localhost', ...hosts.map((host) => host.toLowerCase())]);
  }

  /**
   * Checks a request. `open` is true for the files of the page, which hold no secret and need no token.
   *
   * @throws Refusal for a request that is not admitted.
   */
  check({ headers }: Pick<IncomingMessage, 'headers'>, open: boolean): void {
    const { authorization = '', host = '', origin } = headers;
    const name = hostName(host);
    if (isIP(name) === 0 && !this.#hosts.has(name))
      throw new Refusal(421, 'add the host to the option "hosts" of the inspector');
    if (origin !== undefined && !isOf(origin, host)) throw new Refusal(403, 'pages of other origins are not served');
    if (open) return;
    const [, given] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (given === undefined || !timingSafeEqual(digest(given), this.#token))
      throw new Refusal(401, 'send the header "authorization: Bearer <token>"');
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Returns the name of a host without its port, and an IPv6 address without its brackets. */
const hostName = (host: string): string =>
  (host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d+$/, '')).toLowerCase();

/** True for the origin of a page that this host served. */
const isOf = (origin: string, host: string): boolean =>
  URL.canParse(origin) && new URL(origin).host === host.toLowerCase().replace(/:(80|443)$/, '');
