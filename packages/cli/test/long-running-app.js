/**
 * Runs until SIGTERM. Writes its process id to a file of a folder, and another file when it closes. With `stubborn`, it ignores
 * the signal.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, mode] = process.argv.slice(2);
const number = process.env.KSTREAMS_PROCESS;
setInterval(() => console.log('running'), 10);
process.on('SIGTERM', () => {
  writeFileSync(join(folder, `${number}.closed`), '');
  if (mode !== 'stubborn') process.exit(0);
});
writeFileSync(join(folder, `${number}.pid`), String(process.pid));
