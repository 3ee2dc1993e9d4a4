import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type OpenSite, openSite } from './page.js';

/** Opens a page for each test of a suite, which fails when the page reported a problem. `take` receives the site and the page. */
export const pageForEachTest = (executablePath: string, take: (site: OpenSite, page: Page) => void): void => {
  let site: OpenSite | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    site = await openSite(executablePath);
  });
  afterAll(() => site?.close());
  beforeEach(async () => {
    if (site === undefined) throw new Error('the site was not opened');
    page = await site.page();
    take(site, page);
  });
  afterEach(async () => {
    await page?.close();
    expect(site?.problems.splice(0)).toEqual([]);
  });
};
