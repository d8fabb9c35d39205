import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { make } from './make.js'

describe('make', () => {
  it('without a target prints the targets, and does nothing else', async () => {
    const { code, stdout, stderr } = await make([])
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    const [, targets = ''] = /^\.PHONY: help (.*)$/m.exec(readFileSync('Makefile', 'utf8')) ?? []
    const shown = [...stdout.matchAll(/^ {2}make (\S+) +\S/gm)].map(([, target]) => target)
    expect(shown).to.have.members(targets.split(' '))
    expect((await make(['help'])).stdout).to.equal(stdout)
    expect(shown).to.have.length.below(30)
  })

  it('rejects an unknown variable, with the list of known ones', async () => {
    for (const args of [
      ['help', 'amout=5.00'],
      ['-n', 'faults', 'kind=crash', 'kils=5'],
      ['help', 'GRPC_PROT=1'],
    ]) {
      const { code, stdout, stderr } = await make(args)
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' })
      expect(stderr).to.match(
        /there is no variable (amout|kils|GRPC_PROT)\. There are: kind .*into, and those of \.env\.example/,
      )
    }
    expect((await make(['help', 'GRPC_PORT=1'])).code).to.equal(0)
  })

  it('rejects a kind that the target does not have', async () => {
    for (const args of [['faults', 'kind=crsh'], ['faults'], ['bench', 'kind=quik']]) {
      const { code, stderr } = await make(['-n', ...args])
      expect(code).to.equal(2)
      expect(stderr).to.match(/kind= is one of /)
    }
  })
})
