/** One chaos run: processes under load on a broker, disturbed again and again, then checked. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '@kstreams/simulation';
import { readTopic } from '@kstreams/test-support/read-topic';
import type { Guarantee, Transport } from 'kstreams';
import { transportOf } from './clients.js';
import type { Disturbance, Target } from './disturbances/disturbance.js';
import { Member } from './members.js';
import type { Judgement, Part } from './parts/part.js';
import type { Storm } from './storms.js';
import { Traffic } from './traffic.js';
import { createParts } from './workload.js';

/** The longest time for the last records, in ms. */
const patience = 90_000;
/** The number of lines of output that a failed run prints. */
const shown = 200;

/** Runs the disturbances and returns the broken guarantees. */
export const runChaos = async (
  { guarantee, paces, disturbances }: Storm,
  seed: number,
  { brokers, client }: { readonly brokers: string; readonly client: string },
  say: (line: string) => void,
): Promise<readonly string[]> => {
  const random = new Random(seed);
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-chaos-'));
  const name = `chaos-${guarantee}`;
  const history: string[] = [];
  const note = (line: string): void => void history.push(`${new Date().toISOString()} ${line}`);
  const log = transportOf(client, brokers, { log: (message) => note(`traffic: ${message}`), outlast: true });
  const parts = createParts();
  const members = paces.map(
    (pace, number) => new Member(number, [client, brokers, name, folder, guarantee, `${pace}`], note),
  );
  const traffic = new Traffic(log, name, parts);
  await traffic.prepare();
  for (const member of members) member.start();
  await Promise.all(members.map((member) => member.running()));
  const flowing = traffic.run();
  // Prevents an unhandled rejection: `flowing` is awaited below, where its error becomes a problem.
  flowing.catch(() => {});
  const target: Target = { members, traffic, log, brokers, random };
  const problems: string[] = [];
  try {
    say(`${guarantee}: ${members.length} processes run (${seconds(await traffic.caughtUp())})`);
    for (const disturbance of shuffled(disturbances, random)) {
      await pause(random.between(500, 2_500));
      note(`== ${disturbance.name}`);
      const over = Promise.resolve(disturbance.run(target));
      // Prevents an unhandled rejection: `over` is awaited below.
      over.catch(() => {});
      const took = await traffic.caughtUp(disturbance.standstill);
      say(`  ${disturbance.name}: processed everything after ${seconds(took)}`);
      await over;
      await traffic.caughtUp();
    }
    traffic.stop();
    await flowing;
    await traffic.caughtUp();
    for (const one of await judge(parts, log, guarantee)) {
      problems.push(...one.problems);
      say(`  ${one.summary}`);
    }
  } catch (thrown) {
    problems.push(thrown instanceof Error ? thrown.message : String(thrown));
  } finally {
    traffic.stop();
    // A failure of the traffic is already among the problems.
    await flowing.catch(() => {});
    await Promise.all(members.map((member) => member.close()));
    await traffic.close();
    await removeTopics(log, parts, name);
    await log.close();
    await rm(folder, { recursive: true, force: true });
  }
  if (problems.length > 0) say(await keep(history, name));
  return problems;
};

/** Writes the output of all processes to a file; returns its end and the name of the file. */
const keep = async (history: readonly string[], name: string): Promise<string> => {
  const file = join(await mkdtemp(join(tmpdir(), 'kstreams-chaos-log-')), `${name}.log`);
  await writeFile(file, history.join('\n'));
  return `${history.slice(-shown).join('\n')}\n  all ${history.length} lines: ${file}`;
};

/** Judges all parts, when their output is complete or patience ends. */
const judge = async (parts: readonly Part[], log: Transport, guarantee: Guarantee): Promise<readonly Judgement[]> => {
  const deadline = performance.now() + patience;
  for (;;) {
    const judgements: Judgement[] = [];
    for (const part of parts) judgements.push(await part.judge((topic) => readTopic(log, topic), guarantee));
    if (judgements.every(({ complete }) => complete) || performance.now() > deadline) return judgements;
    await pause(500);
  }
};

const shuffled = (disturbances: readonly Disturbance[], random: Random): readonly Disturbance[] =>
  disturbances
    .map((one) => [random.next(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);

const removeTopics = async (log: Transport, parts: readonly Part[], name: string): Promise<void> => {
  const admin = await log.admin();
  const ours = new Set(parts.flatMap(({ topics }) => topics.map((topic) => topic.name)));
  const all = [...(await admin.topics()).keys()];
  await admin.delete(all.filter((topic) => ours.has(topic) || topic.startsWith(`${name}-`)));
  await admin.close();
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
