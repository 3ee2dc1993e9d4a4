/** The time and the CPU seconds that a process takes for the records of a topic. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Consumer, TopicPartition } from 'kstreams/authors';
import { withRunning } from './running-process.js';

/** The rates of a run, in records per second. */
export interface BrokerRates {
  readonly wall: number;
  /** Per CPU second of the process, from the operating system. */
  readonly cpu: number;
}

/** The interval of looks at the committed offsets, in ms. */
const interval = 50;
/** The longest time of a run, in ms. */
const patience = 600_000;
/** The clock ticks of Linux in a second. */
const ticks = 100;
/** The positions of the ticks in user and system mode, after the name of the program. */
const [userTicks, systemTicks] = [11, 12];

/** Returns the CPU seconds of a process so far. */
const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[userTicks]) + Number(fields[systemTicks])) / ticks;
};

/** Starts a process and measures it from its line `RUNNING` until its group has committed all records; then ends it. */
export const measuredProcess = async (
  command: string,
  args: readonly string[],
  {
    group,
    partitions,
    records,
  }: {
    readonly group: Consumer;
    readonly partitions: readonly TopicPartition[];
    readonly records: number;
  },
): Promise<BrokerRates> =>
  withRunning(command, args, async (child) => {
    const pid = child.pid as number;
    const [began, cpuBefore] = [performance.now(), cpuSeconds(pid)];
    let cpu = cpuBefore;
    for (;;) {
      const committed = await group.committed(partitions);
      const done = committed.reduce((sum, one) => sum + (one?.offset ?? 0), 0);
      if (child.exitCode === null) cpu = cpuSeconds(pid);
      if (done >= records) break;
      if (child.exitCode !== null) throw new Error(`${command} ended after ${done} records`);
      if (performance.now() - began > patience) throw new Error(`${command} did ${done} records in ${patience} ms`);
      await pause(interval);
    }
    return { wall: records / ((performance.now() - began) / 1_000), cpu: records / (cpu - cpuBefore) };
  });
