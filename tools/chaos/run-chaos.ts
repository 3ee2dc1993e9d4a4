/** One chaos run: three processes under load on a broker, disturbed again and again, then checked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '@kstreams/simulation';
import type { Guarantee } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { broker } from './broker.js';
import { Member } from './members.js';
import { Traffic } from './traffic.js';
import { isComplete, problemsOf, readOutput } from './verdict.js';
import { topics } from './workload.js';

/** Options of a run. */
export interface Storm {
  readonly guarantee: Guarantee;
  readonly kills: number;
  /** Suspends processes past their session. */
  readonly stops: number;
  readonly brokerRestarts: number;
  readonly rollingRestarts: number;
  readonly seed: number;
}

/** The length of a suspension: longer than the session of 6 s. */
const standstill = 9_000;
/** The longest time for the last records, in ms. */
const patience = 90_000;

/** Runs the disturbances and returns the broken guarantees. */
export const runChaos = async (
  storm: Storm,
  brokers: string,
  say: (line: string) => void,
): Promise<readonly string[]> => {
  const random = new Random(storm.seed);
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-chaos-'));
  const name = `chaos-${storm.guarantee}`;
  const history: string[] = [];
  const note = (line: string): void => void history.push(`${new Date().toISOString()} ${line}`);
  const log = kafka({ brokers, log: (message) => note(`traffic: ${message}`) });
  const members = [0, 1, 2].map((number) => new Member(number, [brokers, name, folder, storm.guarantee], note));
  const traffic = new Traffic(log, name);
  await traffic.prepare();
  for (const member of members) member.start();
  await Promise.all(members.map((member) => member.running()));
  const flowing = traffic.run();
  // Prevents an unhandled rejection: `flowing` is awaited below, where its error becomes a problem.
  flowing.catch(() => {});
  const problems: string[] = [];
  try {
    say(`${storm.guarantee}: three processes run (${((await traffic.caughtUp()) / 1_000).toFixed(1)} s)`);
    for (const disturbance of disturbancesOf(storm, random)) {
      await pause(random.between(500, 2_500));
      note(`== ${disturbance}`);
      const over = disturb(disturbance, members, random);
      const took = await traffic.caughtUp();
      say(`  ${disturbance}: processed everything after ${(took / 1_000).toFixed(1)} s`);
      await over;
      await traffic.caughtUp();
    }
    traffic.stop();
    await flowing;
    await traffic.caughtUp();
    const deadline = performance.now() + patience;
    let output = await readOutput(log);
    while (!isComplete(output, traffic) && performance.now() < deadline) {
      await pause(500);
      output = await readOutput(log);
    }
    problems.push(...problemsOf(output, traffic, storm.guarantee));
    const written = [...output.counts.values()].reduce((sum, all) => sum + all.length, 0);
    const clicked = [...traffic.clicks.values()].reduce((sum, count) => sum + count, 0);
    say(
      `  ${clicked} clicks gave ${written} counts, ${traffic.orders} orders joined with ${output.pairs.size} payments`,
    );
  } catch (thrown) {
    problems.push(thrown instanceof Error ? thrown.message : String(thrown));
  } finally {
    traffic.stop();
    // A failure of the traffic is already among the problems.
    await flowing.catch(() => {});
    await Promise.all(members.map((member) => member.close()));
    await traffic.close();
    await removeTopics(brokers, name);
    await log.close();
    await rm(folder, { recursive: true, force: true });
  }
  if (problems.length > 0) say(history.slice(-200).join('\n'));
  return problems;
};

type Disturbance = 'kill -9' | 'standstill past the session' | 'restart of the broker' | 'rolling restart';

/** Returns all disturbances in random order. */
const disturbancesOf = (storm: Storm, random: Random): readonly Disturbance[] => {
  const all: Disturbance[] = [
    ...Array.from({ length: storm.kills }, (): Disturbance => 'kill -9'),
    ...Array.from({ length: storm.stops }, (): Disturbance => 'standstill past the session'),
    ...Array.from({ length: storm.brokerRestarts }, (): Disturbance => 'restart of the broker'),
    ...Array.from({ length: storm.rollingRestarts }, (): Disturbance => 'rolling restart'),
  ];
  return all
    .map((one) => [random.next(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
};

const disturb = async (disturbance: Disturbance, members: readonly Member[], random: Random): Promise<void> => {
  const one = random.pick(members);
  if (disturbance === 'kill -9') one.kill();
  else if (disturbance === 'standstill past the session') await one.stop(standstill);
  else if (disturbance === 'restart of the broker') await broker('restart');
  else {
    for (const member of members) {
      await member.close();
      member.start();
      await member.running();
    }
  }
};

const removeTopics = async (brokers: string, name: string): Promise<void> => {
  const log = kafka({ brokers });
  const admin = await log.admin();
  const all = [...(await admin.topics()).keys()];
  const ours = new Set(topics.map((one) => one.name));
  await admin.delete(all.filter((topic) => ours.has(topic) || topic.startsWith(`${name}-`)));
  await admin.close();
  await log.close();
};
