import { Command } from 'commander'

/** Commander's own method, which its types leave out. A test checks its name. */
type Private = { readonly unknownOption: (flag: string) => void }

/** A command that names the nearest option also when the misspelt one carries its value: `--amout=5.00`. */
export class StrictCommand extends Command {
  override createCommand(name?: string): Command {
    return new StrictCommand(name)
  }

  unknownOption(flag: string): void {
    const [name = flag] = flag.split('=')
    const { unknownOption } = Command.prototype as unknown as Private
    unknownOption.call(this, name)
  }
}
