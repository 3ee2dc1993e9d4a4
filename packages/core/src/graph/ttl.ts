import type { ClockKind } from './clock.js';
import { type Duration, toPositiveMilliseconds } from './duration.js';
import { type OptionCheck, option } from './option.js';

/** The time after its timestamp at which a row ends: by stream time, or by the clock that is named. */
export type Ttl = Duration | TtlOptions;

/** A time to live and its clock. */
export interface TtlOptions {
  readonly after: Duration;
  /** `'stream'` unless set. */
  readonly clock?: ClockKind;
}

/** The ends of rows: a row ends when the clock reaches its timestamp plus `after`, in ms. */
export interface Lifetime {
  readonly after: number;
  readonly clock: ClockKind;
}

/** The check of a {@link Ttl}. */
export const ttlCheck: OptionCheck = option.either(
  option.duration,
  option.oneOf<TtlOptions>({
    after: option.required(option.duration),
    clock: option.oneOf<ClockKind>('stream', 'wall'),
  }),
);

/**
 * Returns the lifetime of rows with a ttl.
 *
 * @throws ConfigError unless it is longer than 0; `what` names the rows in its message.
 */
export const lifetimeOf = (ttl: Ttl, what: string): Lifetime => {
  const { after, clock = 'stream' } = typeof ttl === 'object' ? ttl : { after: ttl };
  return { after: toPositiveMilliseconds(after, `the ttl of ${what}`), clock };
};

/** True when a row of this timestamp has ended. */
export const hasEnded = (
  { after, clock }: Lifetime,
  timestamp: number,
  time: Readonly<Record<ClockKind, number>>,
): boolean => timestamp + after <= time[clock];
