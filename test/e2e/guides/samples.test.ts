import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client, credentials } from '@grpc/grpc-js'
import { expect } from 'chai'
import { authorizeMethod, metadataOf, purchase } from '../../support/clients/client.js'
import { WAIT_MS_MAX } from '../../support/eventually.js'
import { authority, clientIdentity, serverIdentity } from '../../support/processes/certificates.js'
import { MountedFiles } from '../../support/processes/mounted-files.js'
import { useService } from '../../support/processes/service-fixture.js'
import { benefits, envOf } from '../cli/benefits.js'
import { type Environment, type Finished, run } from '../commands/make.js'
import { CuttingGate } from './cutting-gate.js'

const languages = ['typescript', 'python', 'go', 'java'] as const
type Language = (typeof languages)[number]

/** Exit code of examples/run.sh where the tools of the language are not installed. */
const NOT_INSTALLED = 69

/** The service configs in the guide: first that of retries, then that of hedging. */
const configs = [...readFileSync('.docs/guide/integrate.md', 'utf8').matchAll(/^```json\n(.*?)^```$/gms)].map(
  ([, config = '']) => config,
)

/** Runs a sample. The title of a test that cannot run it contains the reason. */
async function runSample(language: Language, env: Environment, test: Mocha.Context): Promise<Finished> {
  const finished = await run('examples/run.sh', [language], env)
  if (finished.code === NOT_INSTALLED && test.test) test.test.title += ` (not run: ${finished.stderr.trim()})`
  return finished
}

/**
 * The expected output of a sample, or the reason for not running it. The first answer may be that of a repeat:
 * on a busy machine a call may take so long that the sample, or gRPC, sends it again.
 */
function expectOutput(
  language: Language,
  { code, stdout, stderr }: Finished,
  lines: readonly string[],
): void {
  if (code === NOT_INSTALLED && language !== 'typescript') {
    expect(stderr).to.match(/^examples\/run\.sh: the sample in \w+ needs /)
    return
  }
  const shown = stdout.replace(/replayed (true|false)/, 'replayed ...')
  expect({ code, stdout: shown, stderr: code === 0 ? '' : stderr }).to.deep.equal({
    code: 0,
    stdout: lines.map((line) => `${line}\n`).join(''),
    stderr: '',
  })
}

describe('the sample clients', () => {
  const fixture = useService()

  before(async () => {
    expect((await benefits(['seed', 'sandbox'], envOf(fixture()))).code).to.equal(0)
  })

  for (const language of languages) {
    it(`authorize a purchase, repeat it and reverse it: ${language}`, async function () {
      const env = { ...envOf(fixture()), BENEFITS_ADDRESS: fixture().service.grpcAddress }
      expectOutput(language, await runSample(language, env, this), [
        'authorized: 00 REASON_APPROVED from FOOD, replayed ...',
        'authorized: 00 REASON_APPROVED from FOOD, replayed true',
        'reversed: 00 REASON_APPROVED, amount 1000',
      ])
    })

    it(`have under 100 lines: ${language}`, () => {
      const [file = '', ...more] = readdirSync(join('examples', language))
      expect(more).to.deep.equal([])
      expect(readFileSync(join('examples', language, file), 'utf8').split('\n').length).to.be.below(101)
    })
  }

  // Not Java, which run.sh compiles for half a minute.
  for (const language of ['typescript', 'python', 'go'] as const) {
    it(`get an answer although the first connection is lost with the request: ${language}`, async function () {
      const gate = await CuttingGate.listen(Number(fixture().service.grpcAddress.split(':')[1]))
      try {
        const env = { ...envOf(fixture()), BENEFITS_ADDRESS: gate.address }
        const finished = await runSample(language, env, this)
        expectOutput(language, finished, [
          'authorized: 00 REASON_APPROVED from FOOD, replayed ...',
          'authorized: 00 REASON_APPROVED from FOOD, replayed true',
          'reversed: 00 REASON_APPROVED, amount 1000',
        ])
        expect(gate.isCut).to.equal(finished.code !== NOT_INSTALLED)
      } finally {
        await gate.close()
      }
    })
  }

  it('use the service config of the guide', () => {
    const shown = JSON.parse(configs[0] ?? '')
    expect(JSON.parse(readFileSync('examples/service-config.json', 'utf8'))).to.deep.equal(shown)
  })

  for (const [index, name] of ['retries', 'hedging'].entries()) {
    it(`show a service config for ${name} that works for a purchase`, async () => {
      const client = new Client(fixture().service.grpcAddress, credentials.createInsecure(), {
        'grpc.service_config': configs[index] ?? '',
      })
      const answer = await new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          authorizeMethod.path,
          authorizeMethod.requestSerialize,
          authorizeMethod.responseDeserialize,
          purchase({ account_id: 'sandbox-paying' }),
          metadataOf({}),
          { deadline: Date.now() + WAIT_MS_MAX },
          (error, response) => (error ? reject(error) : resolve(response)),
        )
      }).finally(() => client.close())
      expect(answer).to.deep.include({ code: '00' })
    })
  }
})

describe('the sample clients over mutual TLS', () => {
  const ca = authority('authority')
  const server = serverIdentity(ca)
  const client = clientIdentity(ca)
  const files = new MountedFiles()
  files.replace({
    'ca.crt': ca.certificate,
    'tls.crt': server.certificate,
    'tls.key': server.privateKey,
    'client.crt': client.certificate,
    'client.key': client.privateKey,
  })
  after(() => files.remove())
  const fixture = useService({
    GRPC_TLS_CERT_FILE: files.path('tls.crt'),
    GRPC_TLS_KEY_FILE: files.path('tls.key'),
    GRPC_TLS_CLIENT_CA_FILE: files.path('ca.crt'),
    GRPC_HEALTH_PORT: '0',
  })

  // Not Java: the Netty of Debian 12 negotiates HTTP/2 over TLS on no JDK that Debian 12 has.
  for (const language of ['typescript', 'python', 'go'] as const) {
    it(`get an answer: ${language}`, async function () {
      const port = fixture().service.grpcAddress.split(':')[1]
      const env = {
        ...envOf(fixture()),
        BENEFITS_ADDRESS: `localhost:${port}`,
        BENEFITS_TLS_CA: files.path('ca.crt'),
        BENEFITS_TLS_CERT: files.path('client.crt'),
        BENEFITS_TLS_KEY: files.path('client.key'),
      }
      // Nothing has opened the account here.
      expectOutput(language, await runSample(language, env, this), [
        'authorized: 07 REASON_ACCOUNT_NOT_FOUND from , replayed ...',
        'authorized: 07 REASON_ACCOUNT_NOT_FOUND from , replayed true',
        'reversed: 07 REASON_ORIGINAL_DECLINED, amount 0',
      ])
    })
  }
})
