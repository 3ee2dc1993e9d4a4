/**
 * Loaded before the application in each process of `kstreams run`: ends the process when the supervisor is gone, for example
 * killed. SIGTERM lets the application close; a process that has not ended by the deadline is killed.
 */
import process from 'node:process';

const { KSTREAMS_DEADLINE, KSTREAMS_SUPERVISOR } = process.env;

let ending = false;
const end = () => {
  if (ending) return;
  ending = true;
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(KSTREAMS_DEADLINE)).unref();
  process.kill(process.pid, 'SIGTERM');
};

/** Ends the process where its output has lost its reader. */
const outputFailed = (error) => {
  if (error.code !== 'EPIPE') throw error;
  end();
};

// Threads and processes of the application load this file, too.
if (KSTREAMS_SUPERVISOR === String(process.ppid) && process.channel !== undefined) {
  process.once('disconnect', end);
  process.channel.unref();
  for (const output of [process.stdout, process.stderr]) output.on('error', outputFailed);
}
