/** Encodes a snippet and its input as the hash of a link, and decodes it. */
import type { InputPlan } from '../run/messages.js';

/** The content of a link. */
export interface Shared {
  readonly code: string;
  readonly input: InputPlan;
}

const through = async (bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> =>
  new Uint8Array(await new Response(new Blob([bytes as BlobPart]).stream().pipeThrough(stream)).arrayBuffer());

/** Returns the hash of a link to a snippet: deflated JSON in base64url. */
export const toHash = async (shared: Shared): Promise<string> => {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(shared)), new CompressionStream('deflate-raw'));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return `#s=${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
};

/** Decodes a hash. Returns undefined if it holds no snippet. */
export const fromHash = async (hash: string): Promise<Shared | undefined> => {
  const [, packed] = /^#s=([\w-]+)$/.exec(hash) ?? [];
  if (packed === undefined) return undefined;
  try {
    const binary = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const read = JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream('deflate-raw'))));
    if (typeof read?.code !== 'string') return undefined;
    return { code: read.code, input: typeof read.input === 'object' && read.input !== null ? read.input : {} };
  } catch {
    // The text is no link of ours.
    return undefined;
  }
};
