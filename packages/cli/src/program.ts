import { Command } from 'commander';
import { addAcls } from './commands/acls.js';
import { addCompletion } from './commands/completion.js';
import { addDeadLetters } from './commands/dead-letters/dead-letters.js';
import { addDescribe } from './commands/describe.js';
import { addDoctor } from './commands/doctor/doctor.js';
import { addInit } from './commands/init.js';
import { addInspect } from './commands/inspect.js';
import { addLag } from './commands/lag.js';
import { addPlan } from './commands/plan.js';
import { addProduce } from './commands/produce.js';
import { addReset } from './commands/reset/reset.js';
import { addRun } from './commands/run.js';
import { addTail } from './commands/tail.js';
import { addTopics } from './commands/topics.js';
import type { Ended } from './ended.js';
import type { Environment } from './environment.js';

/** Returns the program with all commands. Errors of the command line are thrown after they were reported. */
export const createProgram = (environment: Environment, ended: Ended): Command => {
  const program = new Command('kstreams')
    .description('Runs applications of kstreams, and looks into their topologies and topics.')
    .showHelpAfterError('(add --help for the usage)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => environment.print(text.trimEnd()),
      writeErr: (text) => environment.report(text.trimEnd()),
    });
  addInit(program, environment, ended);
  addRun(program, environment, ended);
  addDescribe(program, environment);
  addPlan(program, environment, ended);
  addLag(program, environment);
  addInspect(program, environment, ended);
  addReset(program, environment, ended);
  addDoctor(program, environment, ended);
  addDeadLetters(program, environment, ended);
  addTopics(program, environment);
  addTail(program, environment);
  addProduce(program, environment);
  addAcls(program, environment);
  addCompletion(program, environment);
  return program;
};
