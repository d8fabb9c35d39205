import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import type { Command } from 'commander'
import { completionScript } from '../../../cli/commands/completion.js'
import { createProgram } from '../../../cli/program.js'
import { methods, scopes } from '../../../cli/service/methods.js'
import { methodScopes } from '../../../src/grpc/tokens/method-scopes.js'
import { currentPages } from '../../support/pages.js'

/** The executable commands, by their full names. */
function leavesOf(command: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] {
  if (command.commands.length === 0) return [[path.join(' '), command]]
  return command.commands.flatMap((each) => leavesOf(each, [...path, each.name()]))
}

/** All commands, including groups and the program itself. */
function commandsOf(command: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] {
  const below = command.commands.flatMap((each) => commandsOf(each, [...path, each.name()]))
  return [[path.join(' '), command], ...below]
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (written) => {
      text += written
    },
  })
  command.outputHelp()
  return text
}

describe('the command line', () => {
  it('has the commands that an issuer needs', () => {
    expect(leavesOf(createProgram()).map(([name]) => name)).to.deep.equal([
      ...[
        'account open',
        'account show',
        'account list',
        'account block',
        'account unblock',
        'account close',
      ],
      ...['account limits', 'credit', 'load', 'authorize', 'reverse', 'simulate', 'statement', 'transaction'],
      ...['rules import', 'rules export', 'rules list', 'rules resolve'],
      ...['categories list', 'categories set', 'categories drop', 'categories policy'],
      ...['verify', 'token', 'seed', 'shard', 'completion'],
    ])
  })

  for (const [name, command] of commandsOf(createProgram())) {
    it(`shows a valid example with ${name || 'nothing but'} --help`, () => {
      const help = helpOf(command)
      if (name !== '') expect(help).to.match(/^Global Options:$/m)
      const examples =
        help
          .split(/^Examples?:\n/m)[1]
          ?.split('\n\n')[0]
          ?.trim()
          .split('\n') ?? []
      expect(examples).not.to.deep.equal([])
      for (const example of examples) expect(wordsOf(example)).to.satisfy(isTaken, example)
    })
  }

  it('accepts every command that the pages of this repository show', () => {
    const shown = currentPages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/(?:`|^|uri" .*)(\.\/benefits [^`#\n<]*)(?:`|$)/gm)].map(
        ([, line = '']) => line.trim(),
      ),
    )
    expect(shown).to.have.length.above(40)
    // A command in a sentence need not have all required arguments.
    expect(shown.filter((line) => !isTaken(wordsOf(line)) && wordsOf(line).length > 2)).to.deep.equal([])
  })

  it('uses existing methods and scopes of the service', () => {
    for (const { path, scope } of Object.values(methods))
      expect(methodScopes.get(path), path).to.include(scope)
  })

  it('accepts every scope of the service', () => {
    expect(scopes).to.have.members([...new Set([...methodScopes.values()].flat())])
  })

  it('completes in zsh itself, where it is installed, and uses none of the names that zsh reserves', () => {
    const script = completionScript(createProgram(), true)
    const used = [...script.matchAll(/\b([a-z]+)=/g)].map(([, name = '']) => name)
    expect(used.filter((name) => zshParameters.includes(name))).to.deep.equal([])
    // In a slice zsh takes a word such as COMP_CWORD for a modifier.
    expect(script).not.to.match(/\$\{\w+\[@\]:\d+:[A-Za-z]/)
    const asked =
      'setopt KSH_ARRAYS; COMP_WORDS=(./benefits account limits --da); COMP_CWORD=3; _benefits; unsetopt KSH_ARRAYS; print -l -- $COMPREPLY'
    const shown = spawnSync(
      'zsh',
      ['-f', '-c', `autoload -U compinit && compinit -D -u\n${script}\n${asked}`],
      {
        encoding: 'utf8',
      },
    )
    const isMissing = shown.error !== undefined && 'code' in shown.error && shown.error.code === 'ENOENT'
    if (isMissing) return
    expect(shown.stderr).to.equal('')
    expect(shown.stdout).to.include('--day')
  })

  for (const isZsh of [false, true]) {
    it(`completes its own words in ${isZsh ? 'zsh, as bash would run it' : 'bash'}`, () => {
      const script = completionScript(createProgram(), isZsh).replace(/^autoload .*\n/, '')
      const complete = (...words: string[]) => {
        const asked = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`
        const shown = `echo "\${COMPREPLY[@]}"`
        return execFileSync('bash', ['-c', `${script}\n${asked}; _benefits; ${shown}`], {
          encoding: 'utf8',
        }).trim()
      }
      expect(complete('./benefits', 'acc')).to.equal('account')
      expect(complete('./benefits', '--output', 'json', 'account', 'l')).to.equal('list limits')
      expect(complete('./benefits', 'credit', '--am')).to.equal('--amount')
      expect(complete('./benefits', 'account', 'limits', '--ser')).to.equal('--server')
    })
  }
})

/** Parameters with a special meaning in zsh. */
const zshParameters = ['path', 'words', 'status', 'options', 'commands', 'aliases', 'functions', 'prefix']

/** The arguments of an example, as a shell splits them. */
function wordsOf(example: string): readonly string[] {
  const [, line = ''] = /\.\/benefits (.*?)\)?$/.exec(example) ?? []
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''))
}

/** Whether the program parses the arguments; the action of the command is removed. */
function isTaken(args: readonly string[]): boolean {
  const program = createProgram()
  let isRun = false
  program.configureOutput({ writeOut: () => {}, writeErr: () => {} })
  for (const [, command] of leavesOf(program)) {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} })
    command.action(() => {
      isRun = true
    })
  }
  try {
    program.parse(['node', 'benefits', ...args])
  } catch {
    // Wrong usage: the program would exit.
  }
  return isRun
}
