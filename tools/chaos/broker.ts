/** Starts a broker for this run, which can be restarted safely. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const script = new URL('../../.ci/kafka', import.meta.url).pathname;
/**
 * Brokers of Kafka 4.3 leave out the end of a transaction on partitions that have no leader at that moment, as while their
 * only broker restarts. That blocks the readers of committed records for good. Brokers of Kafka 4.0 write it later.
 */
const version = '4.0.1';
const env = {
  ...process.env,
  KSTREAMS_KAFKA_VERSION: version,
  KSTREAMS_BROKER: process.env.KSTREAMS_BROKER ?? join(tmpdir(), 'kstreams-chaos-broker'),
};

/** Runs a command of the broker script and returns its output. */
export const broker = async (order: 'start' | 'restart' | 'kill' | 'stop'): Promise<string> => {
  const { stdout } = await promisify(execFile)('bash', [script, order], { env });
  return stdout.trim();
};
