import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Options of Chromium: no background requests, and no sandbox, so that it runs as root. */
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

/**
 * Runs a script in a page of a real browser with a separate origin. Resolves with the value that it assigns to
 * `globalThis.result`. Rejects with the error of the page.
 */
export const runInBrowser = async (executablePath: string, script: string): Promise<unknown> => {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // Loaded only where there is a browser.
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.addScriptTag({ content: script });
    return await page.evaluate(() => (globalThis as { result?: unknown }).result);
  } finally {
    await browser.close();
    await new Promise((resolve) => void server.close(resolve));
  }
};
