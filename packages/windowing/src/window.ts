import { ConfigError, type GroupedStream, toMilliseconds } from '@kstreams/core';
import { WindowedStream } from './windowed-stream.js';
import type { WindowOptions, Windows } from './windows.js';

/**
 * Makes a window for `grouped.window(…)` of any rule for what falls where.
 *
 * @example
 * const halves: Windows = {
 *   name: 'halves', longest: 43_200_000,
 *   of: (at) => { const start = Math.floor(at / 43_200_000) * 43_200_000; return [{ start, end: start + 43_200_000 }] },
 * }
 * orders.groupByKey().window(window(halves, { grace: '1m' })).count()
 */
export const window = (windows: Windows, options: WindowOptions = {}) => {
  const longest = toMilliseconds(windows.longest, `the longest of ${windows.name} windows`);
  const grace = toMilliseconds(options.grace ?? 0, `the grace of ${windows.name} windows`);
  const retention =
    options.retention === undefined
      ? longest + grace
      : toMilliseconds(options.retention, `the retention of ${windows.name} windows`);
  if (retention < longest + grace) {
    throw new ConfigError(
      `${windows.name} windows are kept for ${retention} ms but take records for ${longest + grace} ms ` +
        `(size and grace): make the retention at least that long`,
    );
  }
  const settings = { windows, grace, retention, emit: options.emit ?? 'on-update' };
  return <K, V>(group: GroupedStream<K, V>): WindowedStream<K, V> => new WindowedStream(group, settings);
};
