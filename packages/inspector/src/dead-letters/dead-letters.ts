import type { IncomingMessage } from 'node:http';
import { messageOf } from '@kstreams/core/graph';
import type { StartedApplication } from '@kstreams/runtime';
import { readBody } from '../http/read-body.js';
import { Refusal } from '../http/refusal.js';
import type { LetterPosition, LettersBody, ReplayBody } from '../protocol.js';
import { readLetters } from './read-letters.js';
import { lettersIn, replay } from './replay.js';

/** The most letters of one replay. */
const most = 100;

/** The dead letters of an application. */
export class DeadLetters {
  readonly #application: StartedApplication;
  readonly #replays: boolean;

  constructor(application: StartedApplication, replays: boolean) {
    this.#application = application;
    this.#replays = replays;
  }

  /** Resolves to the latest dead letters. */
  async read(): Promise<LettersBody> {
    const { deadLetters, options } = this.#application;
    const letters = await readLetters(options.transport, deadLetters, options.clock);
    return { topics: deadLetters, letters, replay: this.#replays };
  }

  /**
   * Writes the chosen dead letters to their source topics.
   *
   * @throws Refusal for an invalid request, and where replays are turned off.
   */
  async replay(request: IncomingMessage): Promise<ReplayBody> {
    if (!this.#replays) throw new Refusal(403, 'this inspector replays nothing: set its option "replay"');
    const { deadLetters, options } = this.#application;
    const letters = chosenIn(await readBody(request));
    return replay(letters, { ...options, deadLetters, sources: this.#sources() });
  }

  /** Returns the topics that the application reads, those that match patterns too. */
  #sources(): ReadonlySet<string> {
    const { subtopologies } = this.#application.describe().toJSON();
    const named = subtopologies.flatMap(({ nodes }) =>
      nodes.flatMap((node) => (node.kind === 'source' && !('pattern' in node.topics) ? node.topics : [])),
    );
    const read = this.#application.metadata.instances().flatMap(({ tasks }) => tasks.flatMap(({ topics }) => topics));
    return new Set([...named, ...read]);
  }
}

const chosenIn = (body: string): readonly LetterPosition[] => {
  try {
    return lettersIn(body, most);
  } catch (thrown) {
    if (thrown instanceof TypeError) throw new Refusal(400, messageOf(thrown));
    throw thrown;
  }
};
