/** The code blocks of the documentation, run in place. */
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import type { Locator, Page } from 'playwright-core';
import { type OpenSite, violations } from './page.js';
import { pageForEachTest } from './page-for-each-test.js';

describeWith('browser', 'code blocks that run in place', (browser) => {
  let site: OpenSite;
  let page: Page;
  pageForEachTest(browser, (openedSite, openedPage) => {
    site = openedSite;
    page = openedPage;
  });

  /** Opens a page, and returns the actions and the results of its first block with this text. */
  const blockOf = async (path: string, text: string): Promise<readonly [Locator, Locator]> => {
    await page.goto(`${site.url}${path}`, { waitUntil: 'networkidle' });
    const block = page.locator('div[class*="language-"]', { hasText: text }).first();
    const actions = block.locator('xpath=following-sibling::*[1]');
    return [actions, actions.locator('xpath=following-sibling::*[1]')];
  };
  const finished = (results: Locator): Promise<void> => results.locator('[data-state="done"]').waitFor();

  test('prints what the block prints, and loads the engine when it is first run', async () => {
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));
    const [actions, results] = await blockOf('/guide/aggregates', 'largest-orders');
    expect(await results.isVisible()).toBe(false);
    expect(requested.filter((path) => path.startsWith('/playground/'))).toEqual([]);

    await actions.getByRole('button', { name: 'Run' }).focus();
    await page.keyboard.press('Enter');
    await finished(results);
    const printed = '40 25\n["2","1"]\n30';
    expect(await results.locator('.printed').innerText()).toBe(printed);
    expect(requested).toContain('/playground/run-block.js');

    await actions.getByRole('button', { name: 'Run' }).click();
    await finished(results);
    expect(await results.locator('.printed').innerText()).toBe(printed);
  });

  test('shows the outputs for generated input of inferred types', async () => {
    const [actions, results] = await blockOf('/', "streams('shop')");
    await actions.getByRole('button', { name: 'Run' }).click();
    await finished(results);
    expect(await results.getByRole('status').innerText()).toMatch(/^60 records in, \d+ records out/);
    const topics = await results.locator('tbody td:first-child').allInnerTexts();
    expect([...new Set(topics)]).toEqual(['spending']);
  });

  test('has a link to the playground with the same code', async () => {
    const [actions] = await blockOf('/guide/aggregates', 'largest-orders');
    await actions.getByRole('link', { name: 'Open in the playground' }).click();
    await page.waitForSelector('.where[data-state="done"]');
    expect(await page.locator('.cm-content').innerText()).toContain('largest-orders');
  });

  test.each([
    ['light', 1_440],
    ['dark', 400],
  ] as const)('is accessible and fits, %s at %d px', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 860 });
    const [actions, results] = await blockOf('/', "streams('shop')");
    await actions.getByRole('button', { name: 'Run' }).click();
    await finished(results);
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    expect(await violations(page, '.block-actions')).toEqual([]);
    expect(await violations(page, '.block-results:not([hidden])')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    const row = await results.locator('tbody tr').first().boundingBox();
    expect(row?.height).toBeLessThan(40);
  });

  test('says that the engine could not be loaded', async () => {
    const [actions, results] = await blockOf('/', "streams('shop')");
    await page.route('**/run-block.js', (route) => route.abort());
    await actions.getByRole('button', { name: 'Run' }).click();
    await results.getByText('The engine could not be loaded').waitFor();
    expect(site.problems.splice(0)).toEqual([expect.stringContaining('ERR_FAILED')]);
  });
});
