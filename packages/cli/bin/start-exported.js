/**
 * Loaded before the application in each process of `kstreams run`. Reports when its module has loaded or runs an
 * application, and starts the applications that a module exports without a start.
 */
import { realpathSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** The names of the applications that the module has started; `start` of kstreams calls the function of this symbol. */
const started = new Set();
const onStart = Symbol.for('kstreams.onStart');

const reportLoaded = () => process.connected && process.send({ kstreams: 'loaded' });

/** Loads the module that Node loads at this time, which gives the same module, and starts what it exports. */
const startExported = async () => {
  const script = realpathSync(process.argv[1]);
  // Node reports the error of the module itself.
  const exported = await import(pathToFileURL(script).href).catch(() => undefined);
  if (exported === undefined) return;
  const objects = Object.values(exported).some((one) => typeof one === 'object' && one !== null);
  if (objects && started.size === 0) await (await import('#start-exported')).startExported(script, exported);
  reportLoaded();
};

// Threads and processes of the application load this file, too.
if (process.env.KSTREAMS_SUPERVISOR === String(process.ppid) && process.channel !== undefined) {
  globalThis[onStart] = (application) => {
    started.add(application);
    // A module may go on after a start, for example in a loop over records.
    return reportLoaded;
  };
  process.on('uncaughtExceptionMonitor', (error) => {
    // The module is right, and the log may respond to the next start.
    if (error?.code === 'KSTREAMS_TRANSPORT' && error.retriable) reportLoaded();
  });
  setImmediate(startExported);
}
