import type { Shape } from '../input/shape.js';

/** A word that may stand at a place. */
export interface Completion {
  readonly label: string;
  readonly kind: string;
  readonly order: string;
}

/** What the compiler says of a name: its type, and its documentation. */
export interface Hover {
  readonly from: number;
  readonly to: number;
  readonly type: string;
  readonly says: string;
}

/** What the compiler complains of. */
export interface Complaint {
  readonly from: number;
  readonly to: number;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** What the values of each topic look like, by the topic's name. */
export type Shapes = Readonly<Record<string, Shape>>;

/** A question about a snippet. */
export type Asked =
  | { readonly kind: 'complaints' | 'shapes'; readonly code: string }
  | { readonly kind: 'hover' | 'completions'; readonly code: string; readonly at: number }
  | { readonly kind: 'details'; readonly code: string; readonly at: number; readonly name: string };

/** The answer to a question, by its number. */
export interface Answer {
  readonly id: number;
  readonly answer?: readonly Complaint[] | readonly Completion[] | Hover | Shapes | undefined;
  readonly failed?: string;
}

/** Asks the compiler, which is loaded with the first question. */
export class Language {
  #worker: Worker | undefined;
  #id = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  complaints(code: string): Promise<readonly Complaint[]> {
    return this.#ask({ kind: 'complaints', code });
  }

  completions(code: string, at: number): Promise<readonly Completion[]> {
    return this.#ask({ kind: 'completions', code, at });
  }

  details(code: string, at: number, name: string): Promise<Hover | undefined> {
    return this.#ask({ kind: 'details', code, at, name });
  }

  hover(code: string, at: number): Promise<Hover | undefined> {
    return this.#ask({ kind: 'hover', code, at });
  }

  shapes(code: string): Promise<Shapes> {
    return this.#ask({ kind: 'shapes', code });
  }

  #ask<A>(asked: Asked): Promise<A> {
    const worker = (this.#worker ??= this.#open());
    const id = this.#id++;
    return new Promise<A>((resolve, reject) => {
      this.#waiting.set(id, ({ answer, failed }) =>
        failed === undefined ? resolve(answer as A) : reject(new Error(failed)),
      );
      worker.postMessage({ ...asked, id });
    });
  }

  #open(): Worker {
    const worker = new Worker(new URL('./language.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    };
    return worker;
  }
}
