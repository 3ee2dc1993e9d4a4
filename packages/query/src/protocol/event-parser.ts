/** An event of a stream of server-sent events. */
export interface ServerEvent {
  /** Its type; `message` unless set. */
  readonly type: string;
  readonly data: string;
  /** The id of the last event with one, this one included. */
  readonly id: string;
}

/** Parses a stream of server-sent events from its pieces. */
export class EventParser {
  readonly #maxLength: number;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #type = '';
  #data: string[] = [];
  #length = 0;
  #id = '';

  /** `maxLength` limits an event, in characters. */
  constructor(maxLength = 64 * 1_048_576) {
    this.#maxLength = maxLength;
  }

  /**
   * Returns the events that a piece completes.
   *
   * @throws RangeError for an event beyond the limit.
   */
  add(piece: Uint8Array): readonly ServerEvent[] {
    const lines = (this.#rest + this.#decoder.decode(piece, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    const events = lines.flatMap((line) => this.#line(line.endsWith('\r') ? line.slice(0, -1) : line) ?? []);
    if (this.#rest.length + this.#length > this.#maxLength)
      throw new RangeError(`an event has more than ${this.#maxLength} characters`);
    return events;
  }

  #line(line: string): ServerEvent | undefined {
    if (line === '') return this.#end();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#type = value;
    else if (field === 'id') this.#id = value;
    else if (field === 'data') {
      this.#data.push(value);
      this.#length += value.length;
    }
    return undefined;
  }

  #end(): ServerEvent | undefined {
    const event = { type: this.#type || 'message', data: this.#data.join('\n'), id: this.#id };
    const complete = this.#data.length > 0;
    this.#type = '';
    this.#data = [];
    this.#length = 0;
    return complete ? event : undefined;
  }
}
