/** What happened in a simulation, step by step, and a number that is the same only for the same steps. */
export class Trace {
  readonly #lines: string[] = [];
  #hash = 0x811c9dc5;

  /** Adds a step. */
  add(at: number, who: string, what: string): void {
    const line = `${at} ${who}: ${what}`;
    this.#lines.push(line);
    for (let i = 0; i < line.length; i++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
  }

  /** All steps: virtual time in ms, who, what. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Eight hexadecimal digits. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }
}
