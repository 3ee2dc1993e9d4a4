/** Opens the built documentation in a browser, and collects console errors and requests to other hosts. */
import type { Browser, Page } from 'playwright-core';

/** The site in a browser. */
export interface OpenSite {
  readonly url: string;
  /** Errors and warnings on the console, and requests to other hosts, so far. */
  readonly problems: string[];
  page(width?: number, height?: number): Promise<Page>;
  close(): Promise<void>;
}

/** Flags that turn off the browser's background requests and let it run as root. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Serves the site and opens it in the browser at `executablePath`. */
export const openSite = async (executablePath: string): Promise<OpenSite> => {
  // Loaded here because both need optional dependencies, which only browser tests have installed.
  const [{ serveSite }, { chromium }] = await Promise.all([import('../../serve.js'), import('playwright-core')]);
  const site = await serveSite();
  const browser: Browser = await chromium.launch({ executablePath, args: quiet });
  const problems: string[] = [];
  return {
    url: site.url,
    problems,
    page: async (width = 1_360, height = 860) => {
      const page = await browser.newPage({ viewport: { width, height } });
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
      page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.url)) problems.push(request.url());
      });
      return page;
    },
    close: async () => {
      await browser.close();
      await site.close();
    },
  };
};

/** Returns a link to the playground with the snippet of a hash. */
export const linkTo = (url: string, hash: string): string => `${url}/playground/${hash}`;

/** Resolves when the run is done. */
export const runFinished = (page: Page): Promise<unknown> => page.waitForSelector('.where[data-state="done"]');

/** Returns the error messages that the page shows. */
export const errorsShown = (page: Page): Promise<readonly string[]> => page.locator('.trouble').allInnerTexts();
