import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execForm, type Instruction, pairsOf, type Stage } from './dockerfile.js'

/** The result of a build: a folder that stands for `/`, and the settings for running it. */
export type BuiltImage = {
  readonly root: string
  readonly workdir: string
  readonly env: Readonly<Record<string, string>>
  /** Numeric user and group. */
  readonly user: { readonly uid: number; readonly gid: number }
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly healthcheck: readonly string[]
}

export type BuildOptions = {
  /** The folder that the builder sees. */
  readonly context: string
  /** The parent folder of the stages. */
  readonly into: string
  readonly tell: (instruction: string) => void
}

/** Longest time for one RUN, in milliseconds. */
const RUN_MS_MAX = 300_000

/**
 * Builds a Dockerfile without an engine, on this machine's Node.js: each stage in a folder that stands for
 * its `/`. The content of base images is missing. Rejects unknown instructions.
 */
export async function buildImage(stages: readonly Stage[], options: BuildOptions): Promise<BuiltImage> {
  const built = new Map<string, StageBuild>()
  for (const stage of stages) {
    const build = new StageBuild(join(options.into, stage.name), built, options)
    await mkdir(build.root, { recursive: true })
    for (const instruction of stage.instructions) await build.follow(instruction)
    built.set(stage.name, build)
  }
  const last = [...built.values()].at(-1)
  if (!last) throw new Error('nothing was built')
  return last.image()
}

class StageBuild {
  readonly root: string
  readonly #earlier: ReadonlyMap<string, StageBuild>
  readonly #options: BuildOptions
  #workdir = '/'
  #env: Readonly<Record<string, string>> = {}
  #user = ''
  #entrypoint: readonly string[] = []
  #cmd: readonly string[] = []
  #healthcheck: readonly string[] = []

  constructor(root: string, earlier: ReadonlyMap<string, StageBuild>, options: BuildOptions) {
    this.root = root
    this.#earlier = earlier
    this.#options = options
  }

  async follow(instruction: Instruction): Promise<void> {
    const { name, rest } = instruction
    this.#options.tell(`${name} ${rest}`)
    const step = this.#steps.get(name)
    if (!step) throw new Error(`Dockerfile: ${name} is not understood here`)
    await step(instruction)
  }

  image(): BuiltImage {
    const [, uid, gid] = /^([1-9]\d*):([1-9]\d*)$/.exec(this.#user) ?? []
    if (uid === undefined || gid === undefined)
      throw new Error('Dockerfile: USER must be two numbers above 0')
    return {
      root: this.root,
      workdir: join(this.root, this.#workdir),
      env: this.#env,
      user: { uid: Number(uid), gid: Number(gid) },
      entrypoint: this.#entrypoint,
      cmd: this.#cmd,
      healthcheck: this.#healthcheck,
    }
  }

  readonly #steps: ReadonlyMap<string, (instruction: Instruction) => Promise<void> | void> = new Map([
    ['LABEL', () => {}],
    ['EXPOSE', () => {}],
    ['COPY', (instruction: Instruction) => this.#copy(instruction)],
    ['RUN', (instruction: Instruction) => this.#run(instruction)],
    [
      'WORKDIR',
      async ({ rest }: Instruction) => {
        this.#workdir = rest
        await mkdir(join(this.root, rest), { recursive: true })
      },
    ],
    [
      'ENV',
      (instruction: Instruction) => {
        this.#env = { ...this.#env, ...pairsOf(instruction) }
      },
    ],
    [
      'USER',
      ({ rest }: Instruction) => {
        this.#user = rest
      },
    ],
    [
      'ENTRYPOINT',
      (instruction: Instruction) => {
        this.#entrypoint = execForm(instruction)
      },
    ],
    [
      'CMD',
      (instruction: Instruction) => {
        this.#cmd = execForm(instruction)
      },
    ],
    [
      'HEALTHCHECK',
      ({ rest }: Instruction) => {
        const command = rest.slice(rest.indexOf('CMD ') + 'CMD '.length)
        this.#healthcheck = execForm({ name: 'HEALTHCHECK', rest: command })
      },
    ],
  ])

  async #copy({ rest }: Instruction): Promise<void> {
    const [, from, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? []
    const words = paths.split(' ')
    const target = join(this.root, this.#workdir, words.at(-1) ?? '')
    for (const source of words.slice(0, -1)) {
      const path = join(this.#rootOf(from), source)
      const isFile = (await stat(path)).isFile()
      // Like a builder: it copies a folder's contents into the target, and a file into the target if that is
      // a folder.
      await cp(path, isFile ? join(target, basename(path)) : target, {
        recursive: true,
        verbatimSymlinks: true,
      })
    }
  }

  #rootOf(from: string | undefined): string {
    if (from === undefined) return this.#options.context
    const stage = this.#earlier.get(from)
    if (!stage) throw new Error(`Dockerfile: there is no stage ${from} before`)
    return stage.root
  }

  async #run({ rest }: Instruction): Promise<void> {
    // Maps a path of the image below our folder, so that it never means a path of this machine.
    if (/["'=:]\/|~/.test(rest))
      throw new Error(`Dockerfile: RUN ${rest}: a path in it is not understood here`)
    const command = rest.replaceAll(/(?<=^|\s)\/(?=\w)/g, `${this.root}/`)
    const child = spawn('sh', ['-c', command], {
      cwd: join(this.root, this.#workdir),
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: RUN_MS_MAX,
    })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`Dockerfile: RUN ${rest}: exit code ${code}`)
  }
}
