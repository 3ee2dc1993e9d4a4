/** Draws the topology of the program on the home page. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { draw, svgOf } from '@kstreams/drawing';
import type { Streams } from 'kstreams';

const page = fileURLToPath(new URL('../index.md', import.meta.url));
/** Inside the repository, so that the program finds its packages. */
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/** Runs the program of the page, which exports its application as `app`. */
const programOfPage = async (): Promise<Streams> => {
  const code = /```ts\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8'))?.[1];
  if (code === undefined) throw new Error(`${page} has no program: add a block of TypeScript`);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(`${cache}home-`);
  try {
    writeFileSync(`${folder}/home.ts`, code);
    const { app } = (await import(pathToFileURL(`${folder}/home.ts`).href)) as { app?: Streams };
    if (app === undefined) throw new Error(`the program of ${page} does not export "app": export its application`);
    return app;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Returns the picture of the home page. */
export const homePicture = async (): Promise<string> => {
  const app = await programOfPage();
  return svgOf(draw(app.describe().toJSON()), app.name);
};
