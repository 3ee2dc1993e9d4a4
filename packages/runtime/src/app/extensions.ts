import { messageOf, StateError } from '@kstreams/core/graph';
import type { StartedApplication } from './app.js';
import type { AppEvent } from './events.js';
import type { Extension } from './extension.js';

/** The extensions of an application, from their start to their close. */
export class Extensions {
  readonly #extensions: readonly Extension[];
  readonly #emit: (event: AppEvent) => void;
  readonly #started: Extension[] = [];
  #starting: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(extensions: readonly Extension[], emit: (event: AppEvent) => void) {
    this.#extensions = extensions;
    this.#emit = emit;
  }

  /** Starts the extensions one after the other; stops at the first failure, or when the application ends meanwhile. */
  async start(app: StartedApplication): Promise<void> {
    for (const extension of this.#extensions) {
      if (this.#closing) return;
      this.#starting = this.#startOne(extension, app);
      await this.#starting;
    }
  }

  /** Closes the started extensions, the last first. Every one is tried; the first failure is thrown. */
  async close(): Promise<void> {
    this.#closing = true;
    // Its failure is thrown by `start`.
    await this.#starting.catch(() => {});
    const errors: Error[] = [];
    for (const extension of this.#started.splice(0).reverse()) {
      try {
        await extension.closing?.();
      } catch (thrown) {
        const error = failureOf(extension, 'close', thrown);
        this.#emit({ kind: 'extension-failed', extension: extension.name, error });
        errors.push(error);
      }
    }
    if (errors[0] !== undefined) throw errors[0];
  }

  async #startOne(extension: Extension, app: StartedApplication): Promise<void> {
    try {
      await extension.started(app);
    } catch (thrown) {
      throw failureOf(extension, 'start', thrown);
    }
    this.#started.push(extension);
  }
}

const failureOf = ({ name }: Extension, step: 'start' | 'close', thrown: unknown): StateError =>
  new StateError(`extension "${name}" failed to ${step}: ${messageOf(thrown)}`, {}, thrown);
