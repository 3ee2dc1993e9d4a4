/**
 * Keeps the mean temperature of each device and day, in the zone of the devices. Readings that come after the grace go to a topic,
 * and a device that is silent for ten minutes of the wall clock is reported once.
 */
import { avg } from '@kstreams/aggregates';
import { calendar, double, type Processor, record, streams, string, timers, topic, windowed } from 'kstreams';

const readings = topic('readings', { key: string, value: double });
export const lateReadings = topic('late-readings', { key: string, value: double });
export const means = topic('means-per-day', { key: windowed(string), value: double });
export const silent = topic('silent-devices', { key: string, value: double });

const tenMinutes = 10 * 60_000;

/** One timer per device, with its last reading. */
const silence = timers('silence', { key: string, value: double, clock: 'wall', maxDelay: tenMinutes });

const watch: Processor<string, number, string, number> = (context) => {
  const timer = context.timers(silence, (device, at, last) => context.forward(record(device, last, at)));
  return ({ key, value }) => timer.set(key, context.time.wall + tenMinutes, value);
};

export const app = streams('devices');

const all = app.stream(readings);

all
  .groupByKey()
  .window(calendar('day', { zone: 'Europe/Madrid', grace: '1h', emit: 'on-close', late: { to: lateReadings } }))
  .aggregate(
    avg((celsius) => celsius),
    { name: 'means' },
  )
  .toStream()
  .to(means);

all.process({ stores: [silence], processor: watch }, { name: 'watch-silence', key: string, value: double }).to(silent);

const at = (time: string): number => Date.parse(time);

export const sample = [
  [readings, 'd1', 20, at('2026-03-01T12:00+01:00')],
  [readings, 'd1', 22, at('2026-03-01T23:59+01:00')],
  [readings, 'd2', 5, at('2026-03-02T00:30+01:00')],
  [readings, 'd1', 24, at('2026-03-01T23:00+01:00')], // late, within the grace
  [readings, 'd2', 7, at('2026-03-02T01:00+01:00')], // closes the first day
  [readings, 'd1', 99, at('2026-03-01T13:00+01:00')], // too late
] as const;
export const output = [means, lateReadings, silent];
