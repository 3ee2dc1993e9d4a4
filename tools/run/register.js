/** Lets Node run the repository's TypeScript as it is: `node --import ./tools/run/register.js file.ts`. */
import { register } from 'node:module';

register('./hooks.js', import.meta.url);
