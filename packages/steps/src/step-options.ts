import { type ClockKind, type OptionChecks, option, type Serde } from '@kstreams/core/graph';

/** The options of every step. */
export interface StepOptions<K> {
  /** The name of its store. */
  readonly name: string;
  /** The serde of the stream's keys. */
  readonly key: Serde<NonNullable<K>>;
  /** The clock of its time: the records' timestamps, or the wall clock. `'stream'` unless set. */
  readonly clock?: ClockKind;
}

/** The checks of {@link StepOptions}. */
export const stepChecks: OptionChecks<StepOptions<unknown>> = {
  name: option.required(option.text),
  key: option.required(option.serde),
  clock: option.oneOf<ClockKind>('stream', 'wall'),
};
