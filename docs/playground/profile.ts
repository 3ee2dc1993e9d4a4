/**
 * Measures a first visit to the playground: `npm run docs:profile`, after `npm run docs:build`. Prints the time from
 * navigation to the first computed output row, and the gzipped size of every script except the editor, the compiler and
 * the data. KSTREAMS_BROWSER is the path of the browser.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { openSite } from './test/page.js';

const visits = 5;
const assets = fileURLToPath(new URL('../.vitepress/dist/playground/assets/', import.meta.url));

/** Opens the page with a cold cache. Returns the time to the first row and the names of the files loaded by then. */
const firstVisit = async (): Promise<{ readonly milliseconds: number; readonly files: ReadonlySet<string> }> => {
  const site = await openSite(process.env.KSTREAMS_BROWSER ?? '/usr/bin/chromium');
  try {
    const page = await site.page();
    const files = new Set<string>();
    page.on('request', (request) => files.add(request.url().split('/').at(-1) ?? ''));
    const began = performance.now();
    await page.goto(`${site.url}/playground/`, { waitUntil: 'commit' });
    await page.waitForSelector('.outputs tbody tr');
    return { milliseconds: performance.now() - began, files };
  } finally {
    await site.close();
  }
};

const times: number[] = [];
let loaded: ReadonlySet<string> = new Set();
for (let i = 0; i < visits; i++) {
  const { milliseconds, files } = await firstVisit();
  times.push(milliseconds);
  loaded = files;
}
times.sort((a, b) => a - b);
const seconds = (milliseconds = 0): string => (milliseconds / 1_000).toFixed(2);
console.log(
  `first output row after ${seconds(times[Math.floor(visits / 2)])} s (median of ${visits} cold visits, ${seconds(times[0])} to ${seconds(times.at(-1))} s)`,
);

let sum = 0;
for (const name of readdirSync(assets).sort()) {
  if (!/\.(js|css)$/.test(name) || /^(editor|language\.worker|typescript)/.test(name) || !loaded.has(name)) continue;
  const size = gzipSync(readFileSync(assets + name), { level: 9 }).length;
  sum += size;
  console.log(`${(size / 1_000).toFixed(1).padStart(8)} kB  ${name}`);
}
console.log(`${(sum / 1_000).toFixed(1).padStart(8)} kB  gzipped in all, without editor, compiler and data`);
