/** Draws the pictures of the guide: `npm run docs:pictures`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { architecturePicture } from './architecture.js';
import { benchmarkPictures } from './benchmarks.js';
import { homePicture } from './home.js';
import { joinPictures } from './joins.js';
import { windowPictures } from './windows.js';

const folder = fileURLToPath(new URL('../public/pictures/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [name, picture] of Object.entries({
  architecture: architecturePicture(),
  home: await homePicture(),
  ...windowPictures(),
  ...joinPictures(),
  ...benchmarkPictures(),
})) {
  writeFileSync(`${folder}${name}.svg`, picture);
}
