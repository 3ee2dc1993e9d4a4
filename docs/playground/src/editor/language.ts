import type { Shapes } from '../run/messages.js';

/** A completion at a position. */
export interface Completion {
  readonly label: string;
  readonly kind: string;
  readonly order: string;
}

/** Type and documentation of a name. */
export interface Hover {
  readonly from: number;
  readonly to: number;
  readonly type: string;
  readonly documentation: string;
}

/** An error or warning of the compiler. */
export interface Diagnostic {
  readonly from: number;
  readonly to: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** An error or warning at a line and column of the snippet, both from 1. */
export interface Problem extends Pick<Diagnostic, 'message' | 'severity'> {
  readonly line: number;
  readonly column: number;
}

/** A text that replaces a part of the snippet. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** A request to the compiler about a snippet. */
export type LanguageRequest =
  | { readonly kind: 'diagnostics' | 'format' | 'shapes'; readonly code: string }
  | { readonly kind: 'hover' | 'completions'; readonly code: string; readonly at: number }
  | { readonly kind: 'details'; readonly code: string; readonly at: number; readonly name: string };

/** The response to the request with the same id. */
export interface LanguageResponse {
  readonly id: number;
  readonly result?: readonly Diagnostic[] | readonly Completion[] | readonly Edit[] | Hover | Shapes | undefined;
  readonly failed?: string;
}

/** Client of the compiler's worker, which starts with the first request. */
export class Language {
  #worker: Worker | undefined;
  #id = 0;
  readonly #waiting = new Map<number, (response: LanguageResponse) => void>();

  diagnostics(code: string): Promise<readonly Diagnostic[]> {
    return this.#send({ kind: 'diagnostics', code });
  }

  completions(code: string, at: number): Promise<readonly Completion[]> {
    return this.#send({ kind: 'completions', code, at });
  }

  details(code: string, at: number, name: string): Promise<Hover | undefined> {
    return this.#send({ kind: 'details', code, at, name });
  }

  hover(code: string, at: number): Promise<Hover | undefined> {
    return this.#send({ kind: 'hover', code, at });
  }

  /** Returns the edits that format the code. */
  format(code: string): Promise<readonly Edit[]> {
    return this.#send({ kind: 'format', code });
  }

  shapes(code: string): Promise<Shapes> {
    return this.#send({ kind: 'shapes', code });
  }

  #send<A>(request: LanguageRequest): Promise<A> {
    const worker = (this.#worker ??= this.#open());
    const id = this.#id++;
    return new Promise<A>((resolve, reject) => {
      this.#waiting.set(id, ({ result, failed }) =>
        failed === undefined ? resolve(result as A) : reject(new Error(failed)),
      );
      worker.postMessage({ ...request, id });
    });
  }

  #open(): Worker {
    const worker = new Worker(new URL('./language.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<LanguageResponse>) => {
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    };
    return worker;
  }
}
