/** Every block of code in the documentation that a page can run opens in the playground and runs there. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import type { Page } from 'playwright-core';
import { placeOf, programsOf, readBlocks } from '../../../tools/docs/blocks.js';
import { hashOf, runsInPage } from '../../.vitepress/playground-links.js';
import { atRest, complaints, linkTo, type OpenSite, openSite } from './page.js';

const programs = programsOf(readBlocks(fileURLToPath(new URL('../../..', import.meta.url)))).filter(
  ({ code, notRun, block }) => notRun === undefined && block.page.startsWith('docs/') && runsInPage(code),
);

describeWith('browser', 'snippets of the documentation', (browser) => {
  let site: OpenSite;
  let page: Page;
  beforeAll(async () => {
    site = await openSite(browser);
    page = await site.page();
  });
  afterAll(() => site?.close());

  test.each(programs.map((program) => [placeOf(program.block), program.code]))('%s', async (_, code) => {
    await page.goto('about:blank');
    await page.goto(linkTo(site.url, hashOf(code as string)));
    await atRest(page);
    expect(await complaints(page)).toEqual([]);
    const [shown, printed] = await Promise.all([page.locator('.box').count(), page.locator('.count').allInnerTexts()]);
    expect(shown + printed.map(Number).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0);
  });

  test('none of them asked another host or wrote an error', () => {
    expect(site.wrongs).toEqual([]);
  });
});
