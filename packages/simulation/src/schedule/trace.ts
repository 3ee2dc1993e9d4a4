/** The steps of a simulation, with a hash over them. */
export class Trace {
  readonly #lines: string[] = [];
  #hash = 0x811c9dc5;

  /** Adds a step. */
  add(at: number, who: string, what: string): void {
    const line = `${at} ${who}: ${what}`;
    this.#lines.push(line);
    for (let i = 0; i < line.length; i++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
  }

  /** All steps, as `<virtual time in ms> <actor>: <step>`. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The hash of all steps, as eight hexadecimal digits. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }
}
