import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { run } from '../../e2e/commands/make.js'

type Step = { readonly name?: string; readonly uses?: string; readonly run?: string }
type Job = {
  readonly 'timeout-minutes'?: number
  readonly needs?: string | readonly string[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}
type Workflow = {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = '.github/workflows'
const workflows = readdirSync(folder).map((name): readonly [string, Workflow] => [
  name,
  parse(readFileSync(join(folder, name), 'utf8')),
])
const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts)
const targets = [...readFileSync('Makefile', 'utf8').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name)

for (const [name, { permissions, jobs }] of workflows) {
  describe(`the workflow ${name}`, () => {
    const steps = Object.values(jobs).flatMap((job) => job.steps)
    const commands = steps.map((step) => step.run ?? '').join('\n')

    it('may only read, unless a job declares more', () => {
      expect(permissions).to.deep.equal({ contents: 'read' })
    })

    it('limits the time of each job', () => {
      const unbounded = Object.entries(jobs).filter(([, job]) => job['timeout-minutes'] === undefined)
      expect(unbounded.map(([job]) => job)).to.deep.equal([])
    })

    it('waits only for existing jobs', () => {
      const needed = Object.values(jobs).flatMap(({ needs = [] }) => needs)
      expect(Object.keys(jobs)).to.include.members(needed)
    })

    it('pins a version of each action', () => {
      const used = steps.flatMap(({ uses }) => uses ?? [])
      expect(used.filter((action) => !/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/.test(action))).to.deep.equal([])
    })

    it('runs existing targets and scripts', () => {
      const made = [...commands.matchAll(/\bmake (?:-s )?([a-z-]+)/g)].map(([, target]) => target)
      const ran = [...commands.matchAll(/\bnpm (?:--silent )?run ([a-z:-]+)/g)].map(([, script]) => script)
      expect(made).not.to.deep.equal([])
      expect(targets).to.include.members(made)
      expect(scripts).to.include.members(ran)
    })
  })
}

describe('the files of a release', () => {
  const out = mkdtempSync(join(tmpdir(), 'release-'))
  after(() => rmSync(out, { recursive: true, force: true }))

  /** Runs steps of the release unchanged in another folder. */
  async function release(...names: readonly string[]): Promise<void> {
    const steps = workflows.find(([name]) => name === 'release.yml')?.[1].jobs['files']?.steps ?? []
    for (const name of names) {
      const command = steps.find((step) => step.name?.startsWith(name))?.run ?? ''
      expect(command, name).to.include('dist/release')
      const { code, stderr } = await run('bash', ['-ec', command.replaceAll('dist/release', out)])
      expect({ name, code, stderr }).to.deep.equal({ name, code: 0, stderr: '' })
    }
  }

  it('include the contract, the command line, the bill of materials and their checksums', async () => {
    await release('Protos', 'Command line', 'Bill of materials', 'Checksums')
    const { stdout: protos } = await run('tar', ['-tzf', join(out, 'benefits-protos.tar.gz')])
    expect(protos).to.include('./benefits/v1/authorization.proto').and.include('./google/rpc/status.proto')
    const sums = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trim().split('\n')
    expect(sums.map((line) => line.split(' ').at(-1))).to.deep.equal([
      './benefits-cli.tar.gz',
      './benefits-protos.tar.gz',
      './sbom.cdx.json',
    ])
    expect(JSON.parse(readFileSync(join(out, 'sbom.cdx.json'), 'utf8'))).to.include({
      bomFormat: 'CycloneDX',
    })
  })

  it('include a command line that runs without the repository', async () => {
    await run('tar', ['-xzf', join(out, 'benefits-cli.tar.gz'), '-C', out])
    const { code, stdout } = await run(process.execPath, [join(out, 'cli/benefits.js'), '--help'])
    expect(code).to.equal(0)
    expect(stdout).to.match(/^Usage: benefits /)
  })
})
