/** The page of the inspector over three processes on a Kafka cluster, one of which is killed. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import { partitionFor, toUtf8 } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';
import { MemberProcess } from './member-process.js';
import { topicsOf } from './shop.js';

const partitions = 6;
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
const releases: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

const begin = async (brokers: string, name: string): Promise<MemberProcess> => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-inspected-'));
  releases.push(() => rm(folder, { recursive: true, force: true }));
  const started = new MemberProcess({ brokers, name, folder }, 'inspected-member.ts');
  releases.push(() => started.kill());
  return started;
};

/** Resolves to the address of a process once it sees three processes with all tasks. */
const addressOf = async (member: MemberProcess): Promise<string> => {
  const instances = () =>
    member.events.flatMap((event) => (event.kind === 'instances' ? [event.instances] : [])).at(-1);
  await member.until('three processes have all tasks', () => {
    const tasks = (instances() ?? []).map((one) => one.tasks.length);
    return tasks.length === 3 && tasks.reduce((a, b) => a + b) === partitions;
  });
  return member.events.flatMap((event) => (event.kind === 'listening' ? event.endpoint : []))[0] as string;
};

describeWith('kafka', 'the inspector on a cluster', (brokers) =>
  describeWith('browser', 'in a browser', (executablePath) => {
    test('the page has the tasks, rates and rows of all processes, and goes on when one is killed', async () => {
      execFileSync(process.execPath, [fileURLToPath(new URL('../../../inspector/page/build.js', import.meta.url))]);
      const log = kafka({ brokers });
      releases.push(() => log.close());
      const name = `inspected-${process.pid}-${Date.now()}`;
      const { orders } = topicsOf(name);
      await createTopics(log, [orders], partitions);
      const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
      const order = (): Promise<unknown> =>
        sendTexts(
          log,
          orders,
          keys.map((key): TextRecord => [key, 'tea', { partition: partitionFor(toUtf8(key), partitions) }]),
        );
      const members = [await begin(brokers, name), await begin(brokers, name), await begin(brokers, name)] as const;
      const [endpoint] = await Promise.all(members.map(addressOf));
      const { chromium } = await import('playwright-core');
      const browser = await chromium.launch({ executablePath, args });
      releases.push(() => browser.close());
      const page = await browser.newPage();
      const panel = (title: string) =>
        page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: title }).click();
      await page.goto(`${endpoint}/#token=a-token-of-some-length`);
      await page.getByText('3 processes').waitFor();
      await page.getByText(`${partitions} tasks`).waitFor();

      await panel('Stores');
      await page.getByRole('button', { name: 'Live' }).click();
      await page.waitForResponse((response) => response.url().includes('/api/tail'));
      await order();
      await page.getByRole('table', { name: 'Changes' }).waitFor();
      await page.getByRole('button', { name: 'Rows', exact: true }).click();
      await page.getByRole('button', { name: 'More rows' }).click();
      const rows = page.locator('.records tbody tr');
      await rows.nth(keys.length - 1).waitFor();
      expect(await rows.count()).toBe(keys.length);

      await panel('Tasks');
      await members[2].kill();
      await page.getByText(/No report of process/).waitFor();
      // Its tasks move to the others after the session.
      await page.getByText('2 processes').waitFor({ timeout: 60_000 });
      await page.getByText(`${partitions} tasks`).waitFor({ timeout: 60_000 });
      await page.locator('.notices').waitFor({ state: 'detached', timeout: 60_000 });
      await panel('Timeline');
      const lanes = page.locator('.lanes');
      await lanes.nth(1).waitFor();
      expect(await lanes.count()).toBe(2);
    }, 180_000);
  }),
);
