import { readFileSync } from 'node:fs';

/**
 * Returns the processor time of the main thread in ms, in which the time of other programs is not; undefined where the system does
 * not count it by thread.
 */
export const mainThreadTime = (): number | undefined => {
  if (process.platform !== 'linux') return undefined;
  const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ');
  return Number(nanoseconds) / 1e6;
};
