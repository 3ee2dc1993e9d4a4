/** Starts a broker for this run, which can be restarted safely. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = new URL('../../.ci/kafka', import.meta.url).pathname;
const env = { ...process.env, KSTREAMS_BROKER: process.env.KSTREAMS_BROKER ?? join(tmpdir(), 'kstreams-chaos-broker') };

/** Runs a command of the broker script and returns its output. */
export const broker = async (order: 'start' | 'restart' | 'stop'): Promise<string> => {
  const { stdout } = await promisify(execFile)('bash', [script, order], { env });
  return stdout.trim();
};
