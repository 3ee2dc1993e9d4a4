#!/usr/bin/env node
import process from 'node:process';
import { main } from '../dist/index.js';

const code = await main(process.argv.slice(2));
// A loaded module may have opened connections, which would keep the process alive.
for (const output of [process.stdout, process.stderr]) await new Promise((written) => output.write('', written));
process.exit(code);
