import { ConfigError } from '@kstreams/core/graph';
import { type PlainDate, Temporal } from './temporal.js';

/** The dates and times of a zone, and the instants they are. */
export interface ZoneClock {
  /** The date in the zone at an instant. */
  readonly dateAt: (timestamp: number) => PlainDate;
  /** The instant at which a day begins. */
  readonly startOf: (date: PlainDate) => number;
  /**
   * The instant of a time of a day. A time that the clocks skip is as much later as they skip; of one that comes twice it
   * is the first.
   */
  readonly instantOf: (date: PlainDate, minutes: number) => number;
}

/** The clock of a zone, such as `Europe/Paris`. */
export const zoneClock = (zone: string): ZoneClock => {
  try {
    new Temporal.ZonedDateTime(0n, zone);
  } catch (thrown) {
    throw new ConfigError(`"${zone}" is no time zone that is known here: name one as Europe/Paris`, thrown);
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

/** The minutes of a time of day, as `18:00`. */
export const minutesOf = (time: string): number => {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hour === undefined) throw new ConfigError(`a day cannot start at "${time}": write hours and minutes as 18:00`);
  return Number(hour) * 60 + Number(minute);
};
