import { describe, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { testDriver } from '@kstreams/testing';
import { double, streams, string, topic } from 'kstreams';
import type { Page } from 'playwright-core';
import { errorsShown, fillTable, type OpenSite, openSnippet, openTab, rows, runFinished, snippet } from './page.js';
import { pageForEachTest } from './page-for-each-test.js';

/** Sums of the same topology after the first `count` records, computed by the test driver. */
const sumsAfter = (count: number): Record<string, number> => {
  const sales = topic('sales', { key: string, value: double });
  const shop = streams('shop');
  const sums = shop
    .stream(sales)
    .filter((amount) => amount > 0)
    .groupByKey()
    .reduce((sum, amount) => sum + amount, { name: 'sums' });
  const driver = testDriver(shop);
  rows.slice(0, count).forEach(([key, value], at) => {
    driver.input(sales).pipe(key, value, at);
  });
  const view = driver.view(sums);
  return Object.fromEntries(
    ['a', 'b'].flatMap((key) => {
      const sum = view.get(key);
      return sum === undefined ? [] : [[key, sum]];
    }),
  );
};

describeWith('browser', 'the playground', (browser) => {
  let site: OpenSite;
  let page: Page;
  const open = (code: string): Promise<void> => openSnippet(site, page, code);
  const tab = (name: string): Promise<void> => openTab(page, name);

  pageForEachTest(browser, (openedSite, openedPage) => {
    site = openedSite;
    page = openedPage;
  });

  test('the slider shows the store at any record as the test driver has it', async () => {
    await open(snippet);
    await fillTable(page);
    await tab('stores');
    const slider = page.getByLabel('The record that is shown');
    for (const step of [5, 0, 3, 1, 4]) {
      await slider.fill(String(step));
      const shown = await page.locator('.stores tr').allInnerTexts();
      const found = Object.fromEntries(
        shown.map((line) => line.split(/\s+/)).map(([key, value]) => [key, Number(value)]),
      );
      expect([step, found]).toEqual([step, sumsAfter(step)]);
    }
  });

  test('stepping marks the arrows of forwarded records', async () => {
    await open(snippet);
    await fillTable(page);
    await page.getByRole('button', { name: 'To the beginning' }).click();
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'One on' }).click();
    expect(await page.locator('.where b').innerText()).toBe('3/5');
    expect(await page.locator('.arrow.active').count()).toBe(1); // -1 does not pass the filter
    await page.getByRole('button', { name: 'One on' }).click();
    expect(await page.locator('.arrow.flow.active').count()).toBe(4);
  });

  test('shows the record, rows and path behind an output', async () => {
    await open(snippet);
    await fillTable(page);
    await page.locator('.outputs tbody tr').first().click();
    const origin = await page.locator('.why').innerText();
    expect(origin).toContain('sales: b → 1');
    expect(origin).toContain('sums b: 5 → 6');
    expect(origin).toContain('filter-0 → sums → to-stream-0 → to-0');
  });

  test('takes input from a file', async () => {
    await open(snippet);
    await openTab(page, 'input');
    const file = page.getByLabel('Records of sales from a file');
    const text = ['key,value,time', ...rows.map(([key, value], at) => `${key},${value},${at}`)].join('\n');
    await file.setInputFiles({ name: 'sales.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByLabel('value of row 5').waitFor();
    expect(await page.getByLabel('value of row 5').inputValue()).toBe('1');
    await runFinished(page);
    expect(await page.locator('.where b').innerText()).toBe('5/5');
    await file.setInputFiles({ name: 'sales.json', mimeType: 'text/plain', buffer: Buffer.from('no') });
    await page.locator('.inputs .trouble').waitFor();
    expect(await errorsShown(page)).toEqual([expect.stringContaining('sales.json, line 1 is not JSON')]);
  });

  test('hover and completion show the types along the chain', async () => {
    await open(snippet);
    await page
      .locator('.cm-line', { hasText: '.filter(' })
      .locator('span', { hasText: /^filter$/ })
      .hover();
    const box = page.locator('.cm-tooltip .type-box');
    await box.waitFor();
    expect(await box.innerText()).toContain('Stream<string, number>');
    await page.mouse.move(900, 840);
    await box.waitFor({ state: 'hidden' });
    await page.locator('.cm-line', { hasText: '.toStream()' }).click();
    await page.keyboard.press('End');
    await page.keyboard.type('.mapV');
    const options = page.locator('.cm-tooltip-autocomplete li');
    await options.first().waitFor();
    expect(await options.allInnerTexts()).toContain('mapValues');
    await page.locator('.cm-completionInfo .type-box').waitFor();
    expect(await page.locator('.cm-completionInfo').innerText()).toContain('Stream<string, number>.mapValues');
  });

  test('underlines and lists type errors, and shows the line that threw', async () => {
    await open(snippet.replace('value: double });\n\nconst shop', 'value: string });\n\nconst shop'));
    await page.locator('.cm-lintRange-error').first().waitFor();
    const [problem] = await page.getByRole('list', { name: 'Problems' }).getByRole('listitem').all();
    expect(await problem?.innerText()).toMatch(/^line 13 Argument of type 'Topic<string, string>'/);
    await problem?.getByRole('button').click();
    expect(await page.locator('.cm-activeLine').innerText()).toContain('.to(totals)');
    await open(`${snippet}throw new Error('here');\n`);
    expect(await errorsShown(page)).toEqual(['line 14: here']);
  });

  test('links lines of code and nodes of the drawing', async () => {
    await open(snippet);
    await page.locator('.cm-line', { hasText: '.filter(' }).click();
    await page.locator('.box.here').waitFor();
    expect(await page.locator('.box.here').getAttribute('data-node')).toBe('filter-0');
    await page.locator('.box[data-node="sums"]').focus();
    expect(await page.locator('.marked-line').innerText()).toContain('.reduce(');
  });

  test('a shared link restores snippet and input', async () => {
    await open(snippet);
    await fillTable(page);
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: /^Link/ }).waitFor();
    const link = page.url();
    const other = await site.page();
    await other.goto(link);
    await runFinished(other);
    expect(await other.locator('.where b').innerText()).toBe('5/5');
    await other.locator('.cm-content').waitFor();
    expect(await other.locator('.cm-content').innerText()).toContain("name: 'sums'");
    await other.close();
  });

  describe('stops a run', () => {
    test('with an endless loop', async () => {
      await open('while (true) {}');
      expect(await errorsShown(page)).toEqual([expect.stringContaining('stopped')]);
    });

    test('with endless printing', async () => {
      await open("for (;;) console.log('again');");
      expect(await errorsShown(page)).toEqual(['line 1: stopped after 5,000 printed lines: the page shows no more']);
      expect(await page.getByRole('tab', { name: 'console' }).innerText()).toContain('5000');
    });

    test('with endless output', async () => {
      await open(`import { testDriver } from '@kstreams/testing';
import { streams, string, topic } from 'kstreams';
const lines = topic('lines', { key: string, value: string });
const app = streams('endless');
app.stream(lines).to(topic('again', { key: string, value: string }));
const driver = testDriver(app);
for (;;) driver.input(lines).pipe('a', 'b', 0);`);
      expect(await errorsShown(page)).toEqual([expect.stringContaining('stopped after 20,000 records')]);
      expect(await page.locator('.where b').innerText()).toBe('20000/20000');
    });
  });

  test('fits a narrow screen and works by keyboard', async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    await open(snippet);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    for (const room of ['topology', 'results', 'code']) {
      await page.getByRole('button', { name: room, exact: true }).press('Enter');
      await page.locator(`.room.${room}`).waitFor({ state: 'visible' });
    }
    await page.getByRole('button', { name: 'results', exact: true }).press('Enter');
    await page.getByRole('tab', { name: 'outputs' }).press('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).allTextContents()).toContain('marbles');
  });
});
