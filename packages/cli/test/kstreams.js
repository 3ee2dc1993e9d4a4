/** The `kstreams` command on the sources. */
import '../../../tools/run/register.js';

const { main } = await import('../src/index.ts');
process.exitCode = await main(process.argv.slice(2));
