/** A real browser on the built documentation, which notes what a page must never do. */
import type { Browser, Page } from 'playwright-core';

/** The site in a browser, and what its pages did wrong so far: errors on the console, requests to other hosts. */
export interface OpenSite {
  readonly url: string;
  readonly wrongs: string[];
  page(width?: number, height?: number): Promise<Page>;
  close(): Promise<void>;
}

/** What keeps a browser from asking other hosts by itself, and lets it run as root. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens the site in the browser at a path. */
export const openSite = async (executablePath: string): Promise<OpenSite> => {
  // Both are loaded only where there is a browser: what serves needs optional dependencies of its own.
  const [{ serveSite }, { chromium }] = await Promise.all([import('../../serve.js'), import('playwright-core')]);
  const site = await serveSite();
  const browser: Browser = await chromium.launch({ executablePath, args: quiet });
  const wrongs: string[] = [];
  return {
    url: site.url,
    wrongs,
    page: async (width = 1_360, height = 860) => {
      const page = await browser.newPage({ viewport: { width, height } });
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') wrongs.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => wrongs.push(`error: ${error.message}`));
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.url)) wrongs.push(request.url());
      });
      return page;
    },
    close: async () => {
      await browser.close();
      await site.close();
    },
  };
};

/** A link to the playground with a snippet, and with an input where one is given. */
export const linkTo = (url: string, hash: string): string => `${url}/playground/${hash}`;

/** Waits until a run has told all it has to tell. */
export const atRest = (page: Page): Promise<unknown> => page.waitForSelector('.where[data-state="done"]');

/** What the page complains of; empty when nothing. */
export const complaints = (page: Page): Promise<readonly string[]> => page.locator('.trouble').allInnerTexts();
