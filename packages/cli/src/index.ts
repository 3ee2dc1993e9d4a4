/** The `kstreams` command, and the processes that it looks after. */

export type { Child, Fork } from './child.js';
export { main, type Surroundings } from './main.js';
export { Supervisor, type SupervisorOptions } from './supervisor.js';
