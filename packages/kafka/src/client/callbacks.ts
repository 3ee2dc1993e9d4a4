import { messageOf, TransportError } from '@kstreams/core/graph';
import type { ClientEvents, NativeClient } from './addon.js';

/** No callback of the client has more than two arguments. */
type Handler = (first: never, second: never) => void;

/** The only thing that a callback reaches. */
interface Cell {
  handler: Handler | undefined;
  fail: ((thrown: unknown) => void) | undefined;
}

/**
 * The callbacks of one native client. All callbacks go through it: an exception in one would end the process, and the client
 * keeps some of them after it is closed, with everything that they reach.
 */
export class Callbacks {
  readonly #cells: Cell[] = [];
  readonly #failed: (failure: TransportError) => void;

  /** `failed` receives the exceptions of callbacks. */
  constructor(failed: (failure: TransportError) => void) {
    this.#failed = failed;
  }

  /** Returns a function that calls the handler until {@link clear}, and that never throws. */
  guard<H extends Handler>(name: string, handler: H): H {
    const failed = this.#failed;
    const fail = (thrown: unknown): void =>
      failed(new TransportError(`the callback "${name}" of the Kafka client failed: ${messageOf(thrown)}`, {}, thrown));
    const cell: Cell = { handler, fail };
    this.#cells.push(cell);
    return callbackOf(cell) as unknown as H;
  }

  /** Listens to an event of the client. */
  listen<Events extends ClientEvents, E extends keyof Events & string>(
    client: Pick<NativeClient<Events>, 'on'>,
    event: E,
    listener: Events[E],
  ): void {
    client.on(event, this.guard(event, listener as Handler) as Events[E]);
  }

  /** Removes all handlers. */
  clear(): void {
    for (const cell of this.#cells.splice(0)) cell.handler = cell.fail = undefined;
  }
}

/** Not a method: its function must not hold the client. */
const callbackOf =
  (cell: Cell) =>
  (first: unknown, second: unknown): void => {
    try {
      cell.handler?.(first as never, second as never);
    } catch (thrown) {
      cell.fail?.(thrown);
    }
  };
