import { Argument, type Command } from 'commander';
import { completionsOf } from '../completion/completions.js';
import { completionScripts, type Shell, shells } from '../completion/scripts.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';

/** Adds `kstreams completion`. */
export const addCompletion = (program: Command, { print }: Environment): void => {
  program
    .command('completion')
    .description('print a script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      examples(
        "echo 'source <(kstreams completion bash)' >> ~/.bashrc",
        "echo 'source <(kstreams completion zsh)' >> ~/.zshrc",
        'kstreams completion fish > ~/.config/fish/completions/kstreams.fish',
      ),
    )
    .action((shell: Shell) => print(completionScripts[shell](completionsOf(program))));
};
