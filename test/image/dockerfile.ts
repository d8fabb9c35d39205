/** One instruction of a Dockerfile, with its argument. */
export type Instruction = { readonly name: string; readonly rest: string }

/** The instructions from one FROM to the next. */
export type Stage = {
  readonly name: string
  readonly from: string
  readonly instructions: readonly Instruction[]
}

/** Reads a Dockerfile: comments left out, broken lines joined, one stage for each FROM. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; from: string; instructions: Instruction[] }[] = []
  for (const { name, rest } of readInstructions(text)) {
    const stage = stages.at(-1)
    if (name === 'FROM') stages.push({ ...nameStage(rest, stages.length), instructions: [] })
    else if (stage) stage.instructions.push({ name, rest })
    else throw new Error(`Dockerfile: ${name} comes before the first FROM`)
  }
  if (stages.length === 0) throw new Error('Dockerfile: there is no FROM')
  return stages
}

/** The words of an instruction in the exec form: a JSON array, which no shell reads. */
export function execForm({ name, rest }: Instruction): readonly string[] {
  const words: unknown = rest.startsWith('[') ? JSON.parse(rest) : undefined
  if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words
  throw new Error(
    `Dockerfile: ${name} must be a JSON array of words, so that no shell stands before the program`,
  )
}

/** `NAME=value` pairs, as ENV and LABEL have them. */
export function pairsOf({ rest }: Instruction): Readonly<Record<string, string>> {
  const pairs = [...rest.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g)]
  return Object.fromEntries(pairs.map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']))
}

function readInstructions(text: string): readonly Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
      if (name === '') throw new Error(`Dockerfile: not understood: ${line}`)
      return { name, rest: rest.trim() }
    })
}

function nameStage(rest: string, index: number): { name: string; from: string } {
  const [, from = '', name = String(index)] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? []
  return { name, from }
}
