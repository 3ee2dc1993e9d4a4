/** The page of the inspector in a browser, over an application on an embedded log. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { inspector } from '@kstreams/inspector';
import { describeWith } from '@kstreams/test-support/services';
import type { Browser, Page } from 'playwright-core';
import { openShop, type Shop } from './shop.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

describeWith('browser', 'the inspector', (executablePath) => {
  const server = inspector({ port: 0, token: 'a-token-of-some-length', replay: true });
  const problems: string[] = [];
  let shop: Shop;
  let browser: Browser;
  let page: Page;
  let sent = 0;
  const send = (): Promise<void> => {
    const customer = ['ann', 'bob', 'cleo'][sent % 3] as string;
    return shop.send([[`o${sent}`, { customer, total: 1 + sent++ }, sent * 10_000]]);
  };
  const url = () => server.url ?? '';
  const panel = (name: string) =>
    page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name }).click();
  const violations = async (): Promise<unknown> => {
    // Not injected as a script element, which the page's policy refuses.
    await page.evaluate(axe);
    return page.evaluate(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`,
    );
  };

  beforeAll(async () => {
    execFileSync(process.execPath, [fileURLToPath(new URL('../../../inspector/page/build.js', import.meta.url))]);
    const { chromium } = await import('playwright-core');
    [shop, browser] = await Promise.all([openShop([server]), chromium.launch({ executablePath, args })]);
    for (let n = 0; n < 6; n++) await send();
    await shop.send([['bad', { customer: '', total: 1 }, 70_000]]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1_280, height: 820 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('request', (one) => {
      if (!/^(data|blob):/.test(one.url()) && new URL(one.url()).origin !== new URL(url()).origin)
        problems.push(one.url());
    });
    await page.goto(url());
    await page.locator('.box').first().waitFor();
  });
  afterEach(async () => {
    await page.close();
    expect(problems.splice(0)).toEqual([]);
  });

  test('the address forgets the token, and the page opens again without it', async () => {
    expect(page.url()).not.toContain('token');
    await page.reload();
    await page.locator('.box').first().waitFor();
  });

  test('a page without the token takes it', async () => {
    const other = await browser.newPage();
    await other.goto(url().replace(/#.*/, ''));
    await other.getByLabel('Token').fill('a-token-of-some-length');
    await other.getByRole('button', { name: 'Open' }).click();
    await other.locator('.box').first().waitFor();
    await other.close();
  });

  test('edges show the records that flow', async () => {
    const edge = page.locator('.arrow[data-to="filter-0"]');
    await page.getByText('records/s').first().waitFor();
    while (!(await edge.getAttribute('class'))?.includes('active')) {
      await send();
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(resolve))');
    }
    await page.locator('.arrow[data-to="filter-0"] text', { hasText: /^(?!0\/s).*\/s/ }).waitFor();
  });

  test('a selected edge shows its records on demand', async () => {
    await page.locator('.arrow[data-from="filter-0"][data-to="map-0"]').press('Enter');
    await page.getByRole('heading', { name: 'filter-0 → map-0' }).waitFor();
    const watched = page.waitForResponse((response) => response.url().includes('/api/tail'));
    await page.getByRole('button', { name: 'Watch records' }).click();
    await watched;
    await send();
    await page.getByRole('table', { name: 'Sampled records' }).getByRole('button').first().click();
    await page.locator('.record', { hasText: `o${sent - 1}` }).waitFor();
  });

  test('the drawing zooms, moves and fits by keys', async () => {
    const transform = () => page.locator('.stage svg > g').getAttribute('transform');
    const stage = page.locator('.stage');
    for (const key of ['+', 'ArrowLeft', 'ArrowDown', '-', '0']) {
      const before = await transform();
      await stage.press(key);
      await page.locator(`.stage svg > g:not([transform="${before}"])`).waitFor({ state: 'attached' });
    }
  });

  test('a store shows pages, a key, windows of a key and changes', async () => {
    await panel('Stores');
    await page.getByRole('button', { name: 'revenue' }).click();
    await page.getByRole('table', { name: 'Rows' }).getByText('ann').waitFor();
    await page.getByRole('button', { name: 'Key', exact: true }).click();
    await page.getByRole('textbox', { name: 'key' }).fill('bob');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('table', { name: 'Rows' }).getByText('bob').waitFor();
    await page.getByRole('button', { name: 'per-minute' }).click();
    await page.getByRole('button', { name: 'Windows' }).click();
    await page.getByRole('textbox', { name: 'key' }).fill(`o${sent - 1}`);
    await page.getByRole('button', { name: 'Read' }).click();
    await page
      .getByRole('table', { name: 'Rows' })
      .getByText(new RegExp(`^o${sent - 1} \\[.*\\)$`))
      .waitFor();
    const followed = page.waitForResponse((response) => response.url().includes('/api/tail'));
    await page.getByRole('button', { name: 'Live' }).click();
    await followed;
    await send();
    await page
      .getByRole('table', { name: 'Changes' })
      .getByText(`o${sent - 1}`)
      .waitFor();
  });

  test('tasks have their partitions and lags', async () => {
    await panel('Tasks');
    const row = page.getByRole('row', { name: /^1_0/ });
    expect(await row.innerText()).toContain('shop-revenue-repartition-0');
  });

  test('drops have reasons, and a chosen dead letter is replayed', async () => {
    await panel('Problems');
    await page.getByRole('row', { name: /^map-0 skipped-by-policy/ }).waitFor();
    await page
      .getByRole('checkbox', { name: /of orders-0 at/ })
      .first()
      .check();
    await page.getByRole('button', { name: 'Replay 1' }).click();
    await page.getByText('Replayed 1.').waitFor();
  });

  test('the time line has rebalances and commits', async () => {
    await panel('Timeline');
    await page.getByRole('row', { name: /assigned worker 0 · partitions orders-0/ }).waitFor();
    expect(await page.locator('.lanes .commit').count()).toBeGreaterThan(0);
  });

  test('calls have their limits, and the configuration has no secret', async () => {
    await panel('Calls');
    expect(await page.getByRole('row', { name: /^map-async-0/ }).innerText()).toContain('2 s');
    await panel('Configuration');
    await page.getByText('orders-dead').waitFor();
    expect(await page.content()).not.toContain('a-token');
  });

  test.each(['light', 'dark'] as const)(
    'every panel is accessible in %s colours, and fits 400 pixels',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.reload();
      await page.locator('.box').first().waitFor();
      const panels = await page.getByRole('navigation', { name: 'Panels' }).getByRole('button').allInnerTexts();
      for (const name of panels) {
        await panel(name);
        expect([name, await violations()]).toEqual([name, []]);
      }
      await page.setViewportSize({ width: 400, height: 820 });
      for (const name of panels) {
        await panel(name);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
      }
    },
  );
});
