import type { Bytes } from './bytes.js';

/**
 * Text to UTF-8 and back, for names and ids. The string serde has its own checks on top of the same codec.
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of a text. */
export const toUtf8 = (text: string): Bytes => encoder.encode(text);

/** The text of UTF-8 bytes; throws a `TypeError` when they are not well formed. */
export const fromUtf8 = (bytes: Bytes): string => decoder.decode(bytes);
