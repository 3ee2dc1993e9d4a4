import { readFileSync, writeFileSync } from 'node:fs';

/** Begins a new peak of the process's memory, where the system keeps one (Linux). */
export const beginPeak = (): void => {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
};

/** Returns the highest resident memory since {@link beginPeak}, in MB; the current one where the system keeps no peak. */
export const peakMemory = (): number => {
  if (process.platform !== 'linux') return Math.round(process.memoryUsage().rss / 1e6);
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  return Math.round((Number(peak) * 1_024) / 1e6);
};
