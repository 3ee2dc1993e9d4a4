/** An application on topics that change, for tests of any log. */
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { createTopics, readTexts, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import {
  type App,
  type Clock,
  memory,
  type StartOptions,
  type Streams,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';

/** The serdes of all topics. */
export const texts = { key: string, value: string };
let runs = 0;

/** A log, and the clock that an application on it may use. */
export interface ChangingLog {
  readonly log: Transport;
  readonly clock?: Clock;
}

/** An application, its topics and their changes. The names are unique to a run. */
export class ChangingTopics {
  readonly name = `changes-${process.pid}-${Date.now().toString(36)}-${runs++}`;
  readonly app: Streams = streams(this.name);
  readonly #log: Transport;
  readonly #clock: Clock | undefined;
  #running: App | undefined;

  constructor({ clock, log }: ChangingLog) {
    this.#log = log;
    this.#clock = clock;
  }

  named(topicName: string): string {
    return `${this.name}.${topicName}`;
  }

  texts(topicName: string) {
    return topic(this.named(topicName), texts);
  }

  create(topicNames: readonly string[], partitions = 1, config: Readonly<Record<string, string>> = {}): Promise<void> {
    return createTopics(
      this.#log,
      topicNames.map((one) => this.named(one)),
      partitions,
      config,
    );
  }

  async grow(topicName: string, partitions: number): Promise<void> {
    const admin = await this.#log.admin();
    await admin.grow(this.named(topicName), partitions);
    await admin.close();
  }

  async delete(fullName: string): Promise<void> {
    const admin = await this.#log.admin();
    await admin.delete([fullName]);
    await admin.close();
  }

  async recreate(topicName: string): Promise<void> {
    await this.delete(this.named(topicName));
    await this.create([topicName]);
  }

  send(topicName: string, ...records: readonly TextRecord[]): Promise<void> {
    return sendTexts(this.#log, this.named(topicName), records);
  }

  async read(topicName: string, count: number, partitions = 1): Promise<readonly string[]> {
    const found = await readTexts(this.#log, this.named(topicName), partitions, count);
    return found.map(([key, value]) => `${key}=${value}`);
  }

  /** Starts the application and waits until all its tasks run. Rejects with the reason if it fails before. */
  async start(options: Partial<StartOptions> = {}): Promise<App> {
    const app = await start(this.app, {
      transport: this.#log,
      state: memory(),
      commitInterval: '20ms',
      matchInterval: '100ms',
      ...(this.#clock && { clock: this.#clock }),
      ...options,
    });
    this.#running = app;
    // The tests await the failures that they expect.
    app.closed.catch(() => {});
    await app.running().catch(() => app.closed);
    return app;
  }

  /** Waits until the group has committed an offset of a partition. */
  committed(topicName: string, offset: number, partition = 0): Promise<void> {
    return awaitCommitted(this.#log, this.#running as App, { topic: this.named(topicName), partition }, offset);
  }

  async end(): Promise<void> {
    await this.#running?.close().catch(() => {});
    await this.#log.close();
  }
}
