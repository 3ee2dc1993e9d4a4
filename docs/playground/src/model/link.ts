/** Encodes a snippet and its input as the hash of a link, and decodes it. */
import type { ClockPlan, InputPlan } from '../run/messages.js';
import type { View } from './view.js';

/** The content of a link. */
export interface Shared {
  readonly code: string;
  readonly input: InputPlan;
  /** The wall clock, where it is not the default. */
  readonly clock?: ClockPlan;
  /** The step, the tab and the selections. */
  readonly view?: View;
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
    const objectOr = <T>(value: unknown, other: T): T =>
      typeof value === 'object' && value !== null ? (value as T) : other;
    return { ...read, input: objectOr(read.input, {}), view: objectOr(read.view, {}) };
  } catch {
    // The text is no link of ours.
    return undefined;
  }
};
