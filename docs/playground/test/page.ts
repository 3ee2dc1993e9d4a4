/** Opens the built documentation in a browser, and collects console errors and requests to other hosts. */
import type { Browser, Page } from 'playwright-core';
import { hashOf } from '../../.vitepress/playground-links.js';

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

/**
 * Resolves when the run is done. An edit begins a run at once; a test that changes the page later, such as one that opens a
 * file, waits for that change first.
 */
export const runFinished = (page: Page): Promise<unknown> => page.waitForSelector('.where[data-state="done"]');

/** Returns the error messages that the page shows. */
export const errorsShown = (page: Page): Promise<readonly string[]> => page.locator('.trouble').allInnerTexts();

/** Opens a snippet. Resolves when its run is done. */
export const openSnippet = async (site: OpenSite, page: Page, code: string): Promise<void> => {
  await page.goto('about:blank');
  await page.goto(linkTo(site.url, hashOf(code)));
  await runFinished(page);
};

/** Opens a tab. */
export const openTab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click();

/** Returns the violations of the rules of axe that a part of the page has now, each with its first place. */
export const violations = (page: Page, part: string): Promise<readonly string[]> =>
  page.evaluate(async (within) => {
    const { axe } = window as unknown as {
      axe: { run(within: string): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run(within)).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }, part);

/** A snippet that sums the amounts of each key. */
export const snippet = `import { double, streams, string, topic } from 'kstreams';

const sales = topic('sales', { key: string, value: double });
const totals = topic('totals', { key: string, value: double });

const shop = streams('shop');
shop
  .stream(sales)
  .filter((amount) => amount > 0)
  .groupByKey()
  .reduce((sum, amount) => sum + amount, { name: 'sums' })
  .toStream()
  .to(totals);
`;

/** Keys and values of its input. */
export const rows = [
  ['a', 3],
  ['b', 5],
  ['a', -1],
  ['a', 4],
  ['b', 1],
] as const;

/** Chooses a table as input of the snippet, and fills it with the rows. */
export const fillTable = async (page: Page): Promise<void> => {
  await openTab(page, 'input');
  await page.locator('fieldset select').first().selectOption('table');
  for (const [at, [key, value]] of rows.entries()) {
    if (at > 0) await page.getByRole('button', { name: 'Add a row' }).click();
    await page.getByLabel(`key of row ${at + 1}`).fill(key);
    await page.getByLabel(`value of row ${at + 1}`).fill(String(value));
    await page.getByLabel(`time of row ${at + 1}`).fill(String(at));
  }
  await runFinished(page);
};
