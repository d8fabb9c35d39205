import type { Command, Option } from 'commander'
import { choiceOption, required } from '../options.js'

/** `benefits completion`: a script for a shell, generated from the commands. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addOption(required(choiceOption('--shell <shell>', 'the shell', ['bash', 'zsh'])))
    .addHelpText('after', '\nExample:\n  source <(./benefits completion --shell bash)')
    .action(({ shell }: { shell: string }) => {
      process.stdout.write(completionScript(program, shell === 'zsh'))
    })
}

/**
 * A bash function that completes the words of each command; zsh runs it through bashcompinit. Names such as
 * `path` and `words` mean something to zsh, so no variable uses them.
 */
export function completionScript(program: Command, isZsh: boolean): string {
  const paths = pathsOf(program, [])
  const commands = paths
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `      " ${path.join(' ')}") place=" ${path.join(' ')}" ;;`)
  const words = paths.map((each) => `    "${each.path.join(' ')}") choices="${each.words.join(' ')}" ;;`)
  return `${isZsh ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}_benefits() {
  local current="\${COMP_WORDS[COMP_CWORD]}" place="" choices="" word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "$place $word" in
${commands.join('\n')}
    esac
  done
  case "\${place# }" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _benefits benefits ./benefits
`
}

type Path = { readonly path: readonly string[]; readonly words: readonly string[] }

function pathsOf(command: Command, path: readonly string[]): readonly Path[] {
  const options = [...command.options, ...ancestorOptions(command)].filter(({ hidden }) => !hidden)
  const own = {
    path,
    words: [
      ...command.commands.map((each) => each.name()),
      ...options.map(({ long }) => long ?? ''),
      '--help',
    ],
  }
  return [own, ...command.commands.flatMap((each) => pathsOf(each, [...path, each.name()]))]
}

function ancestorOptions({ parent }: Command): readonly Option[] {
  return parent === null ? [] : [...parent.options, ...ancestorOptions(parent)]
}
