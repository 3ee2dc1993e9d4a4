/** The page of the inspector over three processes on a Kafka cluster, one of which is killed. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { closedAfterEach } from '@kstreams/test-support/closed-after-each';
import { Members } from '@kstreams/test-support/members';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, sendTexts, type TextRecord } from '@kstreams/test-support/text-records';
import { partitionFor, toUtf8 } from 'kstreams/authors';
import { topicsOf } from './shop.js';

const partitions = 6;
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
const closed = closedAfterEach();

describeWith('kafka', 'the inspector on a cluster', (brokers) =>
  describeWith('browser', 'in a browser', (executablePath) => {
    test('the page has the tasks, rates and rows of all processes, and goes on when one is killed', async () => {
      execFileSync(process.execPath, [fileURLToPath(new URL('../../../inspector/page/build.js', import.meta.url))]);
      const program = new URL('inspected-member.ts', import.meta.url);
      const cluster = closed(new Members(brokers, 'inspected', program));
      const { log } = cluster;
      const { orders } = topicsOf(cluster.name);
      await createTopics(log, [orders], partitions);
      const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
      const order = (): Promise<unknown> =>
        sendTexts(
          log,
          orders,
          keys.map((key): TextRecord => [key, 'tea', { partition: partitionFor(toUtf8(key), partitions) }]),
        );
      const members = [await cluster.begin(), await cluster.begin(), await cluster.begin()] as const;
      const [endpoint] = await Promise.all(members.map((one) => one.placed(members.length, partitions)));
      const { chromium } = await import('playwright-core');
      const browser = closed(await chromium.launch({ executablePath, args }));
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
