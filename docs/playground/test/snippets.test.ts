/** Runs every code block of the documentation that works in a browser, and every linked example, in the playground. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import type { Page } from 'playwright-core';
import { placeOf, programsOf, readBlocks } from '../../../tools/docs/blocks.js';
import { codeOfExample, hashOf, runsInPage } from '../../.vitepress/playground-links.js';
import { errorsShown, linkTo, type OpenSite, openSite, runFinished } from './page.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const programs = programsOf(readBlocks(root)).filter(
  ({ code, notRun, block }) => notRun === undefined && block.page.startsWith('docs/') && runsInPage(code),
);
const linked = readFileSync(`${root}/docs/guide/examples.md`, 'utf8').matchAll(/\/playground\/#example=([\w-]+)/g);
const snippets = [
  ...programs.map((program) => [placeOf(program.block), program.code] as const),
  ...[...linked].map(([, name = '']) => [name, codeOfExample(name)] as const),
];

describeWith('browser', 'snippets of the documentation', (browser) => {
  let site: OpenSite;
  let page: Page;
  beforeAll(async () => {
    site = await openSite(browser);
    page = await site.page();
  });
  afterAll(() => site?.close());

  test.each(snippets)('%s', async (_, code) => {
    await page.goto('about:blank');
    await page.goto(linkTo(site.url, hashOf(code)));
    await runFinished(page);
    expect(await errorsShown(page)).toEqual([]);
    const [shown, printed] = await Promise.all([page.locator('.box').count(), page.locator('.count').allInnerTexts()]);
    expect(shown + printed.map(Number).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(0);
  });

  test('no snippet sent a request to another host or logged an error', () => {
    expect(site.problems).toEqual([]);
  });
});
