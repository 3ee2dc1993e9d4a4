/** The results of the playground: outputs with what led to them, links, panes, accessibility. */
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import type { Page } from 'playwright-core';
import {
  errorsShown,
  fillTable,
  type OpenSite,
  openSnippet,
  openTab,
  runFinished,
  snippet,
  violations,
} from './page.js';
import { pageForEachTest } from './page-for-each-test.js';

describeWith('browser', 'the results of the playground', (browser) => {
  let site: OpenSite;
  let page: Page;
  const open = (code: string): Promise<void> => openSnippet(site, page, code);
  const tab = (name: string): Promise<void> => openTab(page, name);

  pageForEachTest(browser, (openedSite, openedPage) => {
    site = openedSite;
    page = openedPage;
  });

  test('gives the results of calls, each credited to its record', async () => {
    await open(`import { streams, string, topic } from 'kstreams';
const app = streams('calls');
app
  .stream(topic('asked', { key: string, value: string }))
  .mapAsync(async (value) => value.toUpperCase(), { value: string })
  .to(topic('answers', { key: string, value: string }));`);
    expect(await page.locator('.where b').innerText()).toBe('120/120');
    expect(await page.locator('.outputs tbody tr').count()).toBe(60);
    await page.locator('.outputs .cell').first().click();
    const why = page.locator('.why');
    expect(await why.innerText()).toMatch(/step \d+ asked: .*\s+and left with step \d+ record \d+, later: map-async-0/);
    const [row, panel] = [await page.locator('tr.picked').boundingBox(), await why.boundingBox()];
    expect((row?.y ?? 0) + (row?.height ?? 0)).toBeLessThanOrEqual((panel?.y ?? 0) + 1);
    await why.getByRole('button', { name: 'map-async-0' }).click();
    expect(await page.locator('.box.selected').getAttribute('data-node')).toBe('map-async-0');
    await why.getByRole('button', { name: 'step' }).first().click();
    expect(await page.locator('.where b').innerText()).toMatch(/^\d+\/120$/);
  });

  test('keeps the last results, and the position in time, while a snippet is being written', async () => {
    await open(snippet);
    await fillTable(page);
    await page.getByLabel('The record that is shown').fill('3');
    await tab('code');
    await page.locator('.cm-line', { hasText: '.toStream()' }).click();
    await page.keyboard.press('End');
    await page.keyboard.type('.mapValues((');
    await page.locator('.trouble').waitFor();
    expect(await page.locator('.where b').innerText()).toBe('3/5');
    expect(await page.locator('.old').count()).toBe(1);
    await page.keyboard.type('sum) => sum * 2');
    await page.locator('.trouble').waitFor({ state: 'detached' });
    await runFinished(page);
    expect(await page.locator('.where b').innerText()).toBe('3/5');
    expect(await page.locator('.old').count()).toBe(0);
    expect(await page.locator('.outputs tbody tr').first().innerText()).toContain('10');
  });

  test('draws windows, late records and stream time, by keyboard too', async () => {
    await open(`import { double, streams, string, topic, tumbling, windowed } from 'kstreams';
const app = streams('marbles');
app
  .stream(topic('sales', { key: string, value: double }))
  .groupByKey()
  .window(tumbling('2ms'))
  .reduce((sum, amount) => sum + amount, { name: 'sums' })
  .toStream()
  .to(topic('totals', { key: windowed(string), value: double }));`);
    await fillTable(page);
    await page.getByLabel('time of row 5').fill('1');
    await runFinished(page);
    await tab('marbles');
    const laneOf = (name: string) => page.locator('.marbles').getByRole('group', { name });
    const [sales, totals] = [laneOf('sales'), laneOf('totals')];
    expect(await sales.locator('legend').innerText()).toBe('sales read · 5 records · 1 late');
    expect(await totals.locator('legend').innerText()).toBe('totals written · 3 windows');
    expect(await page.locator('.legend').innerText()).toContain('stream time 3 ms');
    await totals.getByRole('button').last().press('ArrowLeft');
    await page.keyboard.press('Enter');
    expect(await page.locator('.why').innerText()).toContain('What made totals');
    await sales.getByRole('button').first().click();
    expect(await page.locator('.where b').innerText()).toBe('1/5');
    expect(await totals.getByRole('button').count()).toBe(1);
  });

  test('stops at breakpoints, and compares a run with one that was kept', async () => {
    await open(snippet);
    await fillTable(page);
    await page.getByRole('button', { name: 'To the beginning' }).click();
    await page.getByRole('button', { name: 'Breakpoints' }).click();
    await page.locator('#breakpoints select').selectOption('to-0');
    await page.getByLabel('Key', { exact: true }).fill('b');
    await page.keyboard.press('Enter');
    expect(await page.locator('#breakpoints li').innerText()).toContain('key b at to-0');
    await page.keyboard.press('Escape');
    expect(await page.locator('#breakpoints').isVisible()).toBe(false);
    for (const step of ['2/5', '5/5', '5/5']) {
      await page.keyboard.press('Alt+b');
      expect(await page.locator('.where b').innerText()).toBe(step);
    }
    expect(await page.locator('.box.stops').getAttribute('data-node')).toBe('to-0');
    await tab('compare');
    await page.getByRole('button', { name: 'Keep this run' }).click();
    expect(await page.locator('.results .legend').innerText()).toContain('equal outputs');
    await tab('input');
    await page.getByLabel('value of row 5').fill('2');
    await page.getByRole('table', { name: 'Differences' }).waitFor();
    expect(await page.locator('.results tbody tr').allInnerTexts()).toEqual([
      expect.stringMatching(/totals\s+b\s+6 4 ms, output 2 of 2\s+7 4 ms, output 2 of 2/),
    ]);
  });

  test('formats the code, and lists the shortcuts', async () => {
    await open(snippet.replace("const shop = streams('shop');", "const shop   =streams('shop')"));
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+s');
    await page.locator('.cm-line', { hasText: "const shop = streams('shop');" }).waitFor();
    await page.keyboard.press('Alt+/');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(await help.innerText()).toContain('Format the code');
    await page.keyboard.press('Escape');
    expect(await help.isVisible()).toBe(false);
  });

  test('every example has output', async () => {
    await page.goto(`${site.url}/playground/`);
    const titles = await page.locator('header option').allInnerTexts();
    const written: Record<string, number> = {};
    for (const [at, title] of titles.slice(1).entries()) {
      const before = await page.locator('.where').getAttribute('data-run');
      await page.locator('header select').selectOption(String(at));
      await page.waitForSelector(`.where[data-state="done"]:not([data-run="${before}"])`);
      // The types of the values are inferred by the compiler, after which the snippet runs again.
      await page.locator('.outputs tbody tr').first().waitFor();
      written[title] = await page.locator('.outputs tbody tr').count();
      expect(await errorsShown(page)).toEqual([]);
    }
    expect(Object.keys(written).length).toBeGreaterThan(11);
  });

  test('a link keeps the step, the tab, the key and the selections', async () => {
    await open(snippet);
    await fillTable(page);
    await page.locator('.outputs .cell').first().click();
    await page.getByRole('button', { name: 'Follow the key' }).click();
    await page.getByRole('button', { name: 'One back' }).click();
    expect(await page.locator('.where b').innerText()).toBe('2/5');
    await page.locator('.box[data-node="sums"]').press('Enter');
    await page.getByRole('tab', { name: 'stores' }).click();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: /^Link/ }).waitFor();
    const other = await site.page();
    await other.goto(page.url());
    await runFinished(other);
    expect(await other.locator('.where b').innerText()).toBe('2/5');
    expect(await other.locator('.followed').innerText()).toContain('key b');
    expect(await other.locator('.box.selected').getAttribute('data-node')).toBe('sums');
    expect(await other.getByRole('tab', { name: 'stores' }).getAttribute('aria-selected')).toBe('true');
    await other.getByRole('tab', { name: 'outputs' }).click();
    expect(await other.locator('.why').innerText()).toContain('sums b: 5 → 6');
    await other.close();
  });

  test('marks the node that failed', async () => {
    await open(snippet.replace('(amount) => amount > 0', "() => { throw new Error('no') }"));
    expect(await page.locator('.box.failed').getAttribute('data-node')).toBe('filter-0');
    expect((await errorsShown(page)).join()).toContain('node filter-0');
  });

  test('panes change their size by keyboard', async () => {
    await open(snippet);
    const width = async (): Promise<number> => (await page.locator('.room.code').boundingBox())?.width ?? 0;
    const before = await width();
    await page.getByRole('separator', { name: 'Width of the code' }).press('ArrowLeft');
    expect(await width()).toBeLessThan(before);
  });

  test('the keyboard leaves the editor', async () => {
    await open(snippet);
    await page.locator('.cm-content').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('.cm-editor') === null)).toBe(true);
  });

  test.each([
    ['light', 1_360],
    ['dark', 1_360],
    ['light', 400],
  ])('has no problem of accessibility: %s, %i px', async (theme, width) => {
    await page.setViewportSize({ width: width as number, height: 860 });
    await open(snippet);
    if (theme === 'dark') await page.getByRole('button', { name: 'Dark' }).click();
    await fillTable(page);
    if (width === 400) await page.getByRole('button', { name: 'results', exact: true }).click();
    await page.locator('.outputs .cell').first().click();
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    expect(await violations(page, 'html')).toEqual([]);
    for (const of of ['marbles', 'chart', 'stores', 'dropped', 'compare', 'console']) {
      await tab(of);
      expect([of, await violations(page, '.room.results')]).toEqual([of, []]);
    }
  });
});
