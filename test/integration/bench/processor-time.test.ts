import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { usageOf } from '../../../bench/session/processor-time.js'
import { eventually } from '../../support/eventually.js'

const hasProc = existsSync('/proc/self/stat')

describe('the usage of a process', () => {
  it('is undefined for a process that does not exist', () => {
    expect(usageOf(2 ** 30)).to.equal(undefined)
  })

  // Without /proc there are no figures.
  if (hasProc) {
    it('equals the figure of Node.js, to a tick', () => {
      const { user, system } = process.cpuUsage()
      const usage = usageOf(process.pid)
      expect(usage?.cpuMs).to.be.at.least((user + system) / 1_000 - 20)
      expect(usage?.rssBytes).to.be.above(10 * 2 ** 20)
    })

    it('includes its child processes', async () => {
      const bytes = 200 * 2 ** 20
      const wait = 'setInterval(() => {}, 1000)'
      const large = `globalThis.filled = Buffer.alloc(${bytes}, 1); ${wait}`
      const parent = `require('node:child_process').spawn(process.execPath, ['-e', '${large}'], { stdio: 'ignore' }); ${wait}`
      const child = spawn(process.execPath, ['-e', parent], { stdio: 'ignore', detached: true })
      const pid = child.pid ?? Number.NaN
      try {
        await eventually('the memory is in use', () => (usageOf(pid)?.rssBytes ?? 0) > bytes)
      } finally {
        process.kill(-pid, 'SIGKILL')
        await once(child, 'close')
      }
    })
  }
})
