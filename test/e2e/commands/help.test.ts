import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { make } from './make.js'

describe('make', () => {
  it('alone prints what there is to do, and does nothing', async () => {
    const { code, stdout, stderr } = await make([])
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    const [, targets = ''] = /^\.PHONY: help (.*)$/m.exec(readFileSync('Makefile', 'utf8')) ?? []
    const shown = [...stdout.matchAll(/^ {2}make (\S+) +\S/gm)].map(([, target]) => target)
    expect(shown).to.have.members(targets.split(' '))
    expect((await make(['help'])).stdout).to.equal(stdout)
  })
})
