import { ConfigError } from '@kstreams/core/graph';
import { type PlainDate, Temporal } from './temporal.js';

/** Converts between instants and the dates and times of a time zone. */
export interface ZoneClock {
  /** Returns the date at an instant. */
  readonly dateAt: (timestamp: number) => PlainDate;
  /** Returns the first instant of a date. */
  readonly startOf: (date: PlainDate) => number;
  /**
   * Returns the instant of a date and time of day. A time that clocks skip moves later by as much; of a time that occurs
   * twice, it is the first.
   */
  readonly instantOf: (date: PlainDate, minutes: number) => number;
}

/**
 * Creates the clock of an IANA time zone, such as `Europe/Paris`.
 *
 * @throws ConfigError for an unknown time zone.
 */
export const zoneClock = (zone: string): ZoneClock => {
  try {
    new Temporal.ZonedDateTime(0n, zone);
  } catch (thrown) {
    throw new ConfigError(`"${zone}" is not a known time zone: use an IANA name such as Europe/Paris`, thrown);
  }
  return {
    dateAt: (timestamp) => Temporal.Instant.fromEpochMilliseconds(timestamp).toZonedDateTimeISO(zone).toPlainDate(),
    startOf: (date) => date.toZonedDateTime(zone).epochMilliseconds,
    instantOf: (date, minutes) => {
      const plainTime = new Temporal.PlainTime(Math.floor(minutes / 60), Math.floor(minutes % 60));
      return date.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
    },
  };
};

/**
 * Returns the minutes since midnight of a time of day, such as `18:00`.
 *
 * @throws ConfigError for another format.
 */
export const minutesOf = (time: string): number => {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hour === undefined)
    throw new ConfigError(`a day cannot start at "${time}": write hours and minutes, such as 18:00`);
  return Number(hour) * 60 + Number(minute);
};
