import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { EnvFileError, readEnvFile } from '../../src/env-file.js'
import { useTempFolder } from '../support/temp-folder.js'

const text = 'LIMITS_TIME_ZONE=America/Recife\nHOST=0.0.0.0\n'
const variables = { LIMITS_TIME_ZONE: 'America/Recife', HOST: '0.0.0.0' }

describe('an .env file', () => {
  const folder = useTempFolder()
  const file = (bytes: Uint8Array | string) => {
    const path = join(folder(), '.env')
    writeFileSync(path, bytes)
    return path
  }

  for (const [what, bytes] of [
    ['in UTF-8', text],
    ['with a byte order mark', `\ufeff${text}`],
    ['with Windows line ends', text.replaceAll('\n', '\r\n')],
  ] as const) {
    it(`${what} is read completely`, () => {
      expect(readEnvFile(file(bytes))).to.deep.equal(variables)
    })
  }

  for (const [what, bytes] of [
    ['in UTF-16 with a byte order mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['in UTF-16 without one', Buffer.from(text, 'utf16le')],
    ['in big-endian UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['in Latin-1', Buffer.from('JWT_ISSUER=São Paulo\n', 'latin1')],
  ] as const) {
    it(`${what} is rejected by name`, () => {
      const path = file(bytes)
      expect(() => readEnvFile(path)).to.throw(EnvFileError, `${path} is not UTF-8`)
    })
  }

  it('has no variables when it is missing', () => {
    expect(readEnvFile(join(folder(), 'nothing.env'))).to.deep.equal({})
  })

  it('is rejected by name when it is a folder', () => {
    expect(() => readEnvFile(folder())).to.throw(EnvFileError, `${folder()} cannot be read: EISDIR`)
  })
})
