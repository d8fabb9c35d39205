import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { untilCalm } from '../../../bench/session/calm.js'
import { runJsonProgram } from '../../../bench/session/json-program.js'
import { ServerProcess } from '../../../bench/session/server-process.js'
import { useTempFolder } from '../../support/temp-folder.js'
import { rejectionOf } from '../../unit/application/rejection.js'

const { signal } = new AbortController()

describe('the benchmark programs', () => {
  const folder = useTempFolder()

  async function program(source: string): Promise<string> {
    const script = join(folder(), `${randomUUID()}.mjs`)
    await writeFile(script, source)
    return script
  }

  describe('that read and print JSON', () => {
    const run = async (source: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
      await runJsonProgram({
        script: await program(source),
        input: { of: 6 },
        timeoutMs: 10_000,
        signal,
        ...options,
      })

    it('receive their input and return their output', async () => {
      const source = `
        import { json } from 'node:stream/consumers'
        const { of } = await json(process.stdin)
        console.log(JSON.stringify({ answer: 7 * of }))`
      expect(await run(source)).to.deep.equal({ answer: 42 })
    })

    it('report why they fail', async () => {
      const failure = run(`console.error('no such side'); process.exitCode = 3`)
      expect(String(await rejectionOf(failure))).to.match(/ended with 3: no such side/)
    })

    it('are stopped when they take too long', async () => {
      const failure = run('setInterval(() => {}, 1000)', { timeoutMs: 100 })
      expect(String(await rejectionOf(failure))).to.match(/ended with SIGKILL/)
    })

    it('are stopped by an interruption', async () => {
      const failure = run('setInterval(() => {}, 1000)', { signal: AbortSignal.timeout(100) })
      expect(String(await rejectionOf(failure))).to.match(/TimeoutError/)
    })
  })

  describe('that serve', () => {
    const serve = `
      console.log(JSON.stringify({ level: 'info', grpcPort: 4711, event: 'listening' }))
      console.log(JSON.stringify({ level: 'error', event: 'a slip' }))
      console.log(JSON.stringify({ level: 'info', event: 'serving' }))
      setInterval(() => {}, 1000)`
    const start = async (source: string) =>
      await ServerProcess.start({ program: [await program(source)], env: {}, signal })

    it('are known by port and errors, and exit in order', async () => {
      const server = await start(`process.on('SIGTERM', () => process.exit(0)); ${serve}`)
      expect(server.port).to.equal(4711)
      expect(await server.errors()).to.deep.equal(['{"level":"error","event":"a slip"}'])
      await server.stop()
    })

    it('are reported when they exit with an error', async () => {
      const server = await start(`process.on('SIGTERM', () => process.exit(9)); ${serve}`)
      expect(String(await rejectionOf(server.stop()))).to.match(/a server ended with 9/)
    })

    it('are reported when they exit instead of serving', async () => {
      const failure = start(`console.log('no database'); process.exitCode = 1`)
      expect(String(await rejectionOf(failure))).to.match(/ended instead of serving:\nno database/)
    })
  })

  it('wait for an idle machine up to their limit', async () => {
    const { busyShare, loadAverage } = await untilCalm(0, signal)
    expect(busyShare).to.be.within(0, 1)
    expect(loadAverage).to.be.at.least(0)
  })
})
