import type { CompletedCommand } from './completions.js';

/** The shells with a completion. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** A shell with a completion. */
export type Shell = (typeof shells)[number];

/** The name of a command in the script: its words after a space each. */
const nameOf = ({ path }: CompletedCommand): string => path.map((word) => ` ${word}`).join('');

/** Returns a text as a word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const bash = (commands: readonly CompletedCommand[]): string => {
  const paths = commands.filter(({ path }) => path.length > 0).map((one) => quoted(nameOf(one)));
  const values = commands.flatMap((one) =>
    one.options
      .filter(({ takesValue }) => takesValue)
      .map(({ flag, values }) => {
        const reply = values.length > 0 ? `-W ${quoted(values.join(' '))}` : '-f';
        return `    ${quoted(`${nameOf(one)} ${flag}`)}) COMPREPLY=($(compgen ${reply} -- "$word")); return ;;`;
      }),
  );
  const words = commands.map((one) => {
    const flags = one.options.map(({ flag }) => flag).join(' ');
    return `    ${quoted(nameOf(one))}) flags=${quoted(flags)} words=${quoted(one.words.join(' '))} ;;`;
  });
  return `_kstreams() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path='' flags='' words='' at
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$path \${COMP_WORDS[at]}" in
      ${paths.join('|')}) path="$path \${COMP_WORDS[at]}" ;;
    esac
  done
  case "$path $before" in
${values.join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word"))
  elif [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _kstreams kstreams`;
};

/** True for the path of a command that is a word longer than the other path. */
const isDirectlyIn = (path: readonly string[], other: readonly string[]): boolean =>
  path.length === other.length + 1 && other.every((word, at) => path[at] === word);

const fish = (commands: readonly CompletedCommand[]): string =>
  commands
    .flatMap((one) => {
      const within =
        one.path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ') || '__fish_use_subcommand';
      const commandsIn = commands.filter(({ path }) => isDirectlyIn(path, one.path)).map(({ path }) => path.at(-1));
      const before = commandsIn.length > 0 && one.path.length > 0;
      const where = before ? `${within}; and not __fish_seen_subcommand_from ${commandsIn.join(' ')}` : within;
      const line = `complete -c kstreams -n ${quoted(where)}`;
      const described = (name: string): string => {
        const found = commands.find(({ path }) => path.join(' ') === [...one.path, name].join(' '));
        return found === undefined ? '' : ` -d ${quoted(found.description)}`;
      };
      return [
        ...one.words.map((word) => `${line} -f -a ${quoted(word)}${described(word)}`),
        ...one.options.map(({ description, flag, takesValue, values }) => {
          const value = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : takesValue ? ' -r' : '';
          return `${line} -l ${flag.slice(2)}${value} -d ${quoted(description)}`;
        }),
      ];
    })
    .join('\n');

/** Returns the script of each shell. */
export const completionScripts: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash,
  zsh: (commands) => `autoload -U +X compinit bashcompinit && compinit && bashcompinit\n${bash(commands)}`,
  fish,
};
