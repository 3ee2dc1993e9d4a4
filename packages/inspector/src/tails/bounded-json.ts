import { messageOf, toTypedJson } from '@kstreams/core/graph';

/** The longest JSON of a key or a value, in characters. */
const longest = 4_096;

/** Returns a value as typed JSON. A value that is too long becomes the beginning of its text, one without JSON the reason. */
export const boundedJson = (value: unknown): unknown => {
  try {
    const json = toTypedJson(value);
    const text = JSON.stringify(json) ?? 'null';
    return text.length <= longest ? json : `${text.slice(0, longest)}… (${text.length} characters)`;
  } catch (thrown) {
    return `cannot be shown: ${messageOf(thrown)}`;
  }
};
