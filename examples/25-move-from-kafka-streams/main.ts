/**
 * Moves an application of Kafka Streams topic by topic. It counts clicks per user and minute into one topic, and reads that topic to
 * report busy users. The last step moves first: it reads counts of the old application. Then the counts move, and are written with the
 * same bytes, for all that still read them.
 *
 * 1. Stop the old step, and note the offsets of its group.
 * 2. Set the group of the new application, which has its name, to those offsets. Start it.
 * 3. Once its output is right, remove the step from the old application, and go on with the step before it.
 */
import { countSerde, kafkaWindowed, streams, string, topic, tumbling } from 'kstreams';

export const clicks = topic('clicks', { key: string, value: string });
/** The keys of `TimeWindowedSerializer` and the values of `LongSerializer`. */
export const clicksPerMinute = topic('clicks-per-minute', {
  key: kafkaWindowed(string, { size: '1m' }),
  value: countSerde,
});
export const busyUsers = topic('busy-users', { key: string, value: countSerde });

/** The last step of the old application, which moves first. */
export const reports = streams('busy-users');
reports
  .stream(clicksPerMinute)
  .filter((count) => count >= 100)
  .selectKey((_, window) => window.key, { key: string })
  .to(busyUsers);

/** The step before it, which moves second. */
export const counts = streams('clicks-per-minute');
counts
  .stream(clicks)
  .groupByKey()
  .window(tumbling('1m', { grace: '10s' }))
  .count({ name: 'clicks-per-minute' })
  .toStream()
  .to(clicksPerMinute);
