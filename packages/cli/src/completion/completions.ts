import type { Command } from 'commander';

/** An option that a shell completes. */
export interface CompletedOption {
  /** Such as `--format`. */
  readonly flag: string;
  readonly description: string;
  /** True when a value follows. */
  readonly takesValue: boolean;
  /** The values, where they are known. */
  readonly values: readonly string[];
}

/** A command that a shell completes. */
export interface CompletedCommand {
  /** The words of the command below `kstreams`, such as `['dead-letters', 'list']`; none for `kstreams`. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** Words that may follow: commands, or values of an argument. */
  readonly words: readonly string[];
}

/** Returns a command and those below it. */
export const completionsOf = (command: Command, path: readonly string[] = []): readonly CompletedCommand[] => [
  {
    path,
    description: command.description(),
    options: [
      ...command.options.flatMap(({ argChoices = [], description, long, optional, required }) =>
        long ? [{ flag: long, description, takesValue: required || optional, values: argChoices }] : [],
      ),
      { flag: '--help', description: 'display help for command', takesValue: false, values: [] },
    ],
    words: [
      ...command.commands.map((one) => one.name()),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    ],
  },
  ...command.commands.flatMap((one) => completionsOf(one, [...path, one.name()])),
];
