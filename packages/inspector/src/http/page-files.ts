import { readFile } from 'node:fs/promises';
import { Refusal } from './refusal.js';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly content: string | Uint8Array;
}

const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>kstreams inspector</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="app.css" />
    <script type="module" src="app.js"></script>
  </head>
  <body>
    <div id="app"></div>
    <noscript>The inspector needs JavaScript.</noscript>
  </body>
</html>
`;

/** The bundled files, which the build of this package writes. */
const bundle: Readonly<Record<string, string>> = {
  '/app.js': 'text/javascript; charset=utf-8',
  '/app.css': 'text/css; charset=utf-8',
};

/** True for a path of the page. */
export const isPagePath = (path: string): boolean => path === '/' || Object.hasOwn(bundle, path);

/**
 * Resolves to a file of the page.
 *
 * @throws Refusal when the page was not built.
 */
export const pageFile = async (path: string): Promise<PageFile> => {
  const type = bundle[path];
  if (type === undefined) return { type: 'text/html; charset=utf-8', content: html };
  try {
    // From `src` as from `dist`.
    return { type, content: await readFile(new URL(`../../dist/page${path}`, import.meta.url)) };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    throw new Refusal(500, 'the page is not built: run "npm run build" in packages/inspector');
  }
};
