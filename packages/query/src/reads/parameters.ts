import { fromTypedJson } from '@kstreams/core/graph';
import { Problem } from '../service/problem.js';

/** The parameters of a query as texts, by their names. */
export type ParameterTexts = Iterable<readonly [name: string, value: string]>;

/** The checked parameters of a query. */
export class Parameters {
  readonly #values = new Map<string, string>();

  /** @throws Problem for a parameter that is unknown or given twice. */
  constructor(texts: ParameterTexts, known: readonly string[]) {
    for (const [name, value] of texts) {
      if (!known.includes(name))
        throw new Problem('bad-request', `the query has no such parameter; it takes ${known.join(', ') || 'none'}`);
      if (this.#values.has(name)) throw new Problem('bad-request', `the parameter "${name}" is given twice`);
      this.#values.set(name, value);
    }
  }

  /** Returns a text; undefined when it is missing. */
  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /** Returns a value in typed JSON; undefined when it is missing. */
  json(name: string): unknown {
    const text = this.#values.get(name);
    if (text === undefined) return undefined;
    try {
      return fromTypedJson(JSON.parse(text));
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError || thrown instanceof TypeError)) throw thrown;
      throw new Problem('bad-request', `the parameter "${name}" is not JSON: write texts in quotes, ${name}="ann"`);
    }
  }

  /** Returns a value in typed JSON. */
  required(name: string): unknown {
    if (this.#values.has(name)) return this.json(name);
    throw new Problem('bad-request', `the parameter "${name}" is missing`);
  }

  /** Returns a whole number of at least `least`. */
  whole(name: string, least: number, unlessSet: number): number {
    const text = this.#values.get(name);
    if (text === undefined) return unlessSet;
    const number = Number(text);
    if (/^-?\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
    throw new Problem('bad-request', `the parameter "${name}" is not a whole number of at least ${least}`);
  }

  /** Returns one of some texts; undefined when it is missing. */
  oneOf<T extends string>(name: string, ...texts: readonly T[]): T | undefined {
    const text = this.#values.get(name);
    if (text === undefined) return undefined;
    const found = texts.find((one) => one === text);
    if (found !== undefined) return found;
    throw new Problem('bad-request', `the parameter "${name}" is none of ${texts.join(', ')}`);
  }
}
