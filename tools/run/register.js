/** Registers the loader hooks: `node --import ./tools/run/register.js file.ts` runs a TypeScript file. */
import { register } from 'node:module';

register('./hooks.js', import.meta.url);
