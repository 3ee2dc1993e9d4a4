/** Declarations of the globals that a snippet can use without an import. */
export const ambient = `
interface Console { log(...values: unknown[]): void; info(...values: unknown[]): void; warn(...values: unknown[]): void; error(...values: unknown[]): void; table(...values: unknown[]): void; debug(...values: unknown[]): void }
declare const console: Console;
declare function setTimeout(call: () => void, milliseconds?: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare function structuredClone<T>(value: T): T;
declare const performance: { now(): number };
declare class URL { constructor(url: string, base?: string); readonly href: string }
declare class TextEncoder { encode(text: string): Uint8Array }
declare class TextDecoder { decode(bytes: Uint8Array): string }
interface AbortSignal { readonly aborted: boolean; readonly reason: unknown; throwIfAborted(): void; addEventListener(name: 'abort', listener: () => void): void }
declare class AbortController { readonly signal: AbortSignal; abort(reason?: unknown): void }
interface Event {}
interface EventTarget {}
declare class DOMException extends Error {}
`;
