import { type Duration, observers, type Topic } from '@kstreams/core';
import { type Testable, TestDriver, type TestDriverOptions, type TestInput } from '@kstreams/testing';
import type { Recorder } from './recorder.js';

/** A test driver with its work recorded. Each piped record and each advance of the clock begins a step. */
export class RecordedDriver extends TestDriver {
  readonly #recorder: Recorder;

  constructor(topology: Testable, options: TestDriverOptions, recorder: Recorder) {
    super(topology, { ...options, observer: observers(recorder.observer, options.observer ?? {}) });
    this.#recorder = recorder;
  }

  override input<K, V>(topic: Topic<K, V>): TestInput<K, V> {
    const input = super.input(topic);
    const pipe = input.pipe.bind(input);
    input.pipe = (key, value, timestamp = this.wallClock, headers = []) => {
      this.#recorder.input(topic.name, { key, value, timestamp });
      try {
        pipe(key, value, timestamp, headers);
      } catch (thrown) {
        this.#recorder.failed();
        throw thrown;
      }
    };
    return input;
  }

  override advance(by: Duration): void {
    this.#recorder.finish();
    super.advance(by);
    this.#recorder.finish();
  }

  override async settled(): Promise<void> {
    this.#recorder.finish();
    await super.settled();
    this.#recorder.finish();
  }
}
