/** Requests to the server of the page. */

/** A refused request. */
export class RequestError extends Error {
  /** 0 without a response. */
  readonly status: number;

  constructor(message: string, status: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'RequestError';
    this.status = status;
  }
}

const stored = 'kstreams-inspector-token';

/** Takes the token from the fragment of the address, and keeps it for the tab. The address bar forgets it. */
export const takeToken = (): void => {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return;
  sessionStorage.setItem(stored, given);
  history.replaceState(null, '', location.pathname);
};

/** Sets the token of the tab. */
export const setToken = (token: string): void => sessionStorage.setItem(stored, token);

/**
 * Resolves to a successful response.
 *
 * @throws RequestError for a refusal, and without a response.
 */
const request = async (path: string, init: RequestInit = {}): Promise<Response> => {
  const headers = { ...init.headers, authorization: `Bearer ${sessionStorage.getItem(stored) ?? ''}` };
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers, cache: 'no-store' });
  } catch (thrown) {
    if (init.signal?.aborted === true) throw thrown;
    throw new RequestError('The application does not respond.', 0, thrown);
  }
  if (response.ok) return response;
  throw new RequestError(await detailOf(response), response.status);
};

/** Resolves to the JSON of a response. */
export const requestJson = async <T>(path: string, init?: RequestInit): Promise<T> =>
  (await request(path, init)).json() as Promise<T>;

const detailOf = async (response: Response): Promise<string> => {
  try {
    const { detail } = (await response.json()) as { detail?: string };
    return detail ?? response.statusText;
  } catch {
    // A proxy may respond with a page.
    return response.statusText;
  }
};
