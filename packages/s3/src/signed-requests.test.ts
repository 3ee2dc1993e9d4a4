import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { toUtf8 } from '@kstreams/core/graph';
import { failureOf, pageOf } from './responses.js';
import { type S3Place, signedRequests } from './signed-requests.js';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

/** Makes a request for an object, and returns what was sent. */
const sentBy = async (place: Partial<S3Place>) => {
  const send = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(''));
  await signedRequests({ bucket: 'states', region: 'eu-central-1', credentials, ...place }).put('a/b=1', toUtf8('x'), {
    ifNoneMatch: '*',
  });
  const [url, init] = send.mock.calls[0] as [URL, RequestInit];
  return { url: url.href.replace(/\?$/, ''), headers: new Headers(init.headers) };
};

describe('a signed request', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each([
    ['of AWS', {}, 'https://states.s3.eu-central-1.amazonaws.com/a/b=1'],
    ['of AWS with dots in its name', { bucket: 'my.states' }, 'https://s3.eu-central-1.amazonaws.com/my.states/a/b=1'],
    ['of another service', { endpoint: 'http://localhost:9000/' }, 'http://localhost:9000/states/a/b=1'],
  ])('goes to the URL of a bucket %s', async (_, place, url) => {
    expect((await sentBy(place)).url).toBe(url);
  });

  test('signs the condition and the hash of the bytes', async () => {
    const { headers } = await sentBy({ credentials: { ...credentials, sessionToken: 'token' } });
    const { authorization, 'if-none-match': condition, ...others } = Object.fromEntries(headers);
    expect(condition).toBe('*');
    expect(others['x-amz-content-sha256']).toBe('2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881');
    expect(others['x-amz-security-token']).toBe('token');
    expect(authorization).toContain('host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-security-token');
    expect(authorization).toMatch(/Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/s3\/aws4_request/);
  });
});

describe('a response', () => {
  const object = (key: string): string =>
    `<Contents><Key>${key}</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><Size>7</Size></Contents>`;
  const list = (content: string): Uint8Array =>
    toUtf8(
      `<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/">${content}</ListBucketResult>\n`,
    );

  test('has the objects of a page, and the token of the next', () => {
    const content = `${object('a/1')}${object('a&amp;&#x2f;&#50;')}<NextContinuationToken>t&lt;1</NextContinuationToken>`;
    const modified = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
    expect(pageOf(list(content))).toEqual({
      objects: [
        { key: 'a/1', size: 7, modified },
        { key: 'a&/2', size: 7, modified },
      ],
      next: 't<1',
    });
    expect(pageOf(list(''))).toEqual({ objects: [], next: undefined });
  });

  test('that is cut short is no empty page', () => {
    const whole = list(object('a'));
    for (let length = 0; length < whole.length - 1; length++) {
      expect(() => pageOf(whole.subarray(0, length))).toThrow('the response is no complete list of objects');
    }
  });

  test.each([
    [503, '<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>', 'SlowDown: Reduce your rate'],
    [412, '', 'PreconditionFailed: the service responded with the status 412'],
    [502, '<html>Bad Gateway</html>', 'Http502: the service responded with the status 502'],
  ])('with the status %i and the body "%s" is an error with a name', (status, body, message) => {
    const { message: found, name } = failureOf(status, toUtf8(body));
    expect([found, name]).toEqual([message, message.split(':')[0]]);
  });
});
