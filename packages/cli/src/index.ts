/** The `kstreams` command and its supervisor of processes. */
export type { Connection } from './connection.js';
export type { Environment } from './environment.js';
export type { Ask, AskedChoices } from './init/ask.js';
export type { Log, PackageManager, ProjectChoices, TestRunner } from './init/choices.js';
export { main } from './main.js';
export type { Child, Exit, Fork, ForkOptions } from './run/child-process.js';
export type { WatchFolder } from './run/file-watch.js';
export { Supervisor, type SupervisorOptions } from './run/supervisor.js';
