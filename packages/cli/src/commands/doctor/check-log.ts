import { type Clock, messageOf, StreamsError, type Transport } from '@kstreams/core/graph';
import { planLogRepair } from '@kstreams/level';
import type { Application } from '../../load-application.js';
import { planStart } from '../plan.js';
import type { Finding } from './finding.js';

/** Opens a log, and checks that an application could start on it. `where` names the log as it was given. */
export const checkLog = async (
  open: () => Promise<Transport>,
  where: string,
  application: Application | undefined,
  clock: Clock,
): Promise<readonly Finding[]> => {
  const began = clock.monotonic();
  let log: Transport;
  try {
    log = await open();
  } catch (thrown) {
    return [failed('client', where, thrown)];
  }
  try {
    await (await log.admin()).close();
    const took = Math.round(clock.monotonic() - began);
    const reached: Finding = { check: 'log', level: 'ok', where, what: `responded within ${took} ms` };
    return application === undefined ? [reached] : [reached, ...(await checkStart(log, where, application))];
  } catch (thrown) {
    return [failed('log', where, thrown)];
  } finally {
    await log.close();
  }
};

/** Adds the repair of an embedded log, if one is possible, to the problem that its opening found. */
export const withLogRepair = async (folder: string, findings: readonly Finding[]): Promise<readonly Finding[]> => {
  if (!findings.some(({ check, level }) => check === 'log' && level === 'problem')) return findings;
  const planned = await planLogRepair(folder);
  if (planned === undefined) return findings;
  const { change, loses, run } = planned;
  const repair = { change, loses, run: async () => `the files as they were are in ${await run()}` };
  return findings.map((one) => (one.check === 'log' ? { ...one, repair } : one));
};

/** Checks the topics of an application, and the rights to describe them and to read the offsets of its group. */
const checkStart = async (log: Transport, where: string, { plan }: Application): Promise<readonly Finding[]> => {
  const { members, problem } = await planStart(log, plan);
  const topics: Finding =
    problem === undefined
      ? { check: 'topics', level: 'ok', where, what: `${plan.name} can start` }
      : {
          check: 'topics',
          level: 'problem',
          where,
          what: problem,
          remedy: 'kstreams plan prints what a start would change',
        };
  const run = members.length === 0 ? 'no process' : members.join(', ');
  return [topics, { check: 'group', level: 'ok', where, what: `${plan.name} is run by ${run}` }];
};

/** Returns the finding about an error, whose message has the remedy. */
const failed = (check: string, where: string, thrown: unknown): Finding => {
  if (!(thrown instanceof StreamsError)) throw thrown;
  return { check, level: 'problem', where, what: messageOf(thrown) };
};
