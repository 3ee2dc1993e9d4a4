import { type Bytes, fromUtf8 } from '@kstreams/core/graph';
import type { S3Page } from './requests.js';

/** The codes of responses without a body, by their HTTP status. */
const codes: Readonly<Record<number, string>> = {
  404: 'NoSuchKey',
  409: 'ConditionalRequestConflict',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
};

/** Returns the error of a response, with the code of S3 as its name. */
export const failureOf = (status: number, body: Bytes): Error => {
  const xml = fromUtf8(body);
  const code = textOf(xml, 'Code') ?? codes[status] ?? `Http${status}`;
  const message = textOf(xml, 'Message') ?? `the service responded with the status ${status}`;
  return Object.assign(new Error(`${code}: ${message}`), { name: code });
};

/**
 * Returns a page of a list from its XML.
 *
 * @throws Error when the document is cut short or is no list.
 */
export const pageOf = (body: Bytes): S3Page => {
  const xml = fromUtf8(body);
  if (!xml.trimEnd().endsWith('</ListBucketResult>')) throw new Error('the response is no complete list of objects');
  const objects = elementsOf(xml, 'Contents').map((object) => ({
    key: textOf(object, 'Key') ?? '',
    size: Number(textOf(object, 'Size') ?? 0),
    modified: Date.parse(textOf(object, 'LastModified') ?? ''),
  }));
  return { objects, next: textOf(xml, 'NextContinuationToken') };
};

/** Returns the contents of the elements with a name. */
const elementsOf = (xml: string, name: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>(.*?)</${name}>`, 'gs'))].map(([, content = '']) => content);

/** Returns the text of the first element with a name. */
const textOf = (xml: string, name: string): string | undefined => {
  const [content] = elementsOf(xml, name);
  return content?.replace(/&(?:#x([\da-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_, hex, decimal, named) => {
    if (named !== undefined) return entities[named.toLowerCase()] as string;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
