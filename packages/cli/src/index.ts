/** The `kstreams` command and its supervisor of processes. */
export type { Child, Exit, Fork } from './child-process.js';
export { type Environment, main } from './main.js';
export { Supervisor, type SupervisorOptions } from './supervisor.js';
