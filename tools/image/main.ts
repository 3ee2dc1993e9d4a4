/**
 * Runs `npm run image`: the Dockerfile and the program of docs/operations/kubernetes.md, without a container. Packs the
 * packages, which must be built, installs them as the Dockerfile says, starts the program on the TLS listener of a broker with no
 * other rights than it needs, and stops it with SIGTERM. Needs KSTREAMS_KAFKA and KSTREAMS_KAFKA_TLS.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { accessRights, planTopology } from '@kstreams/core/graph';
import { grant } from '@kstreams/test-support/grant';
import { createTopics, sendTexts } from '@kstreams/test-support/text-records';
import { streams, string, topic } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { runSteps, stepsOf } from './dockerfile.js';
import { client, project } from './project.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { KSTREAMS_KAFKA: plain, KSTREAMS_KAFKA_TLS: tls } = process.env;
if (plain === undefined || tls === undefined)
  throw new Error('set KSTREAMS_KAFKA and KSTREAMS_KAFKA_TLS: see .ci/kafka');
/** The user `node` of the images of Node. */
const node = 1_000;

const work = mkdtempSync(join(tmpdir(), 'kstreams-image-'));
chmodSync(work, 0o755);
const folder = (name: string): string => {
  mkdirSync(join(work, name), { recursive: true });
  return join(work, name);
};

const step = (name: string): void => console.log(`image: ${name}`);
try {
  step('packs the packages');
  const context = project(root, work);
  step('runs the Dockerfile');
  // The native client takes minutes to build where no binary of it can be fetched: it is copied instead.
  const environment = { ...process.env, npm_config_ignore_scripts: 'true' };
  const steps = stepsOf(readFileSync(join(root, 'docs/operations/Dockerfile'), 'utf8'));
  const image = runSteps(steps, { context, environment, root: folder('stages') });
  cpSync(join(root, 'node_modules', client, 'build'), join(image.folder, 'node_modules', client, 'build'), {
    recursive: true,
  });
  if (existsSync(join(image.folder, 'node_modules/typescript')))
    throw new Error('the image has development dependencies');

  step('starts the program');
  const shop = streams('shop');
  shop
    .stream(topic('orders', { key: string, value: string }))
    .groupByKey()
    .count({ name: 'orders-of' });
  const admin = kafka({ brokers: plain });
  await createTopics(admin, ['orders']);
  await sendTexts(admin, 'orders', [['ann', 'tea']]);
  await grant(
    plain,
    'shop',
    accessRights(planTopology(shop.build()), { exactlyOnce: false, endpoint: false, deadLetters: [] }),
  );
  await admin.close();
  const state = folder('state');
  const asRoot = process.getuid?.() === 0;
  if (asRoot) chownSync(state, node, node);
  const certificates = folder('certificates');
  cpSync(join(tls, 'ca.pem'), join(certificates, 'ca.pem'));
  const [command = '', ...args] = image.command;
  const child = spawn(command, args, {
    cwd: image.folder,
    env: {
      PATH: process.env.PATH,
      ...image.environment,
      POD_NAME: 'shop-0',
      KAFKA_BROKERS: readFileSync(join(tls, 'sasl-ssl'), 'utf8').trim(),
      KAFKA_CA: join(certificates, 'ca.pem'),
      KAFKA_PASSWORD: 'shop-secret',
      STATE_FOLDER: state,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
    ...(asRoot && { uid: node, gid: node }),
  });
  const ended = once(child, 'exit');
  // Nothing listens until the program has started: the loops below try again.
  const probe = async (path: string): Promise<Response | undefined> =>
    fetch(`http://127.0.0.1:9464${path}`).catch(() => undefined);
  for (let tries = 0; !(await probe('/ready'))?.ok; tries += 1) {
    if (tries === 600 || child.exitCode !== null) throw new Error('the program did not become ready');
    await pause(100);
  }
  const lag = /^kstreams_lag\{.*\} 0$/m;
  for (let tries = 0; !lag.test((await (await probe('/metrics'))?.text()) ?? ''); tries += 1) {
    if (tries === 600) throw new Error('the program did not read its records');
    await pause(100);
  }
  if (!(await probe('/live'))?.ok) throw new Error('the program is ready, but not live');

  step('stops it with SIGTERM');
  child.kill('SIGTERM');
  const [code, signal] = await ended;
  if (code !== 0) throw new Error(`the program ended with ${code ?? signal}`);
  step('built, ready, and stopped with code 0');
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(0);
