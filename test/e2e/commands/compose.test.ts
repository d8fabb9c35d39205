import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { useTempFolder } from '../../support/temp-folder.js'
import { make } from './make.js'

describe('make up with a Docker without Compose', () => {
  const folder = useTempFolder()

  /** Runs it with a `docker` that runs this script. */
  async function up(script: string) {
    writeFileSync(join(folder(), 'docker'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder(), 'docker'), 0o755)
    const env = { PATH: `${folder()}:${process.env['PATH']}`, DATA_DIR: join(folder(), 'data') }
    return await make(['-s', 'up'], env)
  }

  it('says that the compose plugin is missing', async () => {
    const { code, stderr } = await up('echo "unknown flag: --build" >&2; exit 125')
    expect(code).to.equal(2)
    expect(stderr).to.match(/^up: Docker has no compose plugin: install it/m)
  })
})
