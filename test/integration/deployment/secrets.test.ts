import { chmod, cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Deployment } from '../../../tools/deploy/deployment.js'
import { readEncrypted } from '../../../tools/deploy/environment-file.js'
import { readRuleGroups } from '../../../tools/deploy/rule-groups.js'
import { Running, run } from '../../e2e/commands/make.js'
import { eventually } from '../../support/eventually.js'
import { knownVariables } from '../../support/known-variables.js'
import { overlays, secrets } from '../../support/manifests.js'
import { useTempFolder } from '../../support/temp-folder.js'

const plain = Object.entries(secrets)
  .map(([name, value]) => `${name}=${value}\n`)
  .join('')

/** The message of the failure; "nothing" without one. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'nothing',
    (error: Error) => error.message,
  )
}

describe('the encrypted environments of the repository', () => {
  for (const overlay of overlays) {
    it(`hold, for ${overlay}, every secret of the service, all encrypted`, async () => {
      const text = await readFile(`.k8s/deploy/${overlay}/.env.${overlay}`, 'utf8')
      const { values, publicKeyName } = readEncrypted(text)
      expect(Object.keys(values)).to.have.members(['MONGODB_URI', 'JWT_SECRET'])
      expect(knownVariables()).to.include.members(Object.keys(values))
      expect(publicKeyName).to.equal(`DOTENV_PUBLIC_KEY_${overlay.toUpperCase()}`)
    })
  }

  it('contain no private key and no other private file', async () => {
    const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'])
    const names = stdout.split('\n')
    expect(names).to.include('.k8s/deploy/staging/.env.staging')
    expect(
      names.filter((name) => /(^|\/)(\.env|\.env\.keys|secrets\.env|.*\.(key|pem))$/.test(name)),
    ).to.deep.equal([])
  })

  it('are the only place of secrets: no manifest contains one', async () => {
    const { stdout } = await run('git', [
      'grep',
      '-nE',
      '(PRIVATE_KEY|SECRET|URI)[A-Z_]*[=:] *[^ ]',
      '--',
      '.k8s',
    ])
    const written = stdout.split('\n').filter((line) => line !== '' && !/=encrypted:|: ENC\[/.test(line))
    expect(written).to.deep.equal([])
  })
})

describe('encrypting and decrypting an environment', () => {
  const folder = useTempFolder()
  let deployment: Deployment
  let privateKey: Record<string, string>

  beforeEach(async () => {
    const root = join(folder(), 'k8s')
    await cp('.k8s', root, { recursive: true })
    deployment = new Deployment('staging', root)
    await deployment.removePlain()
    await writeFile(deployment.plainPath, plain)
    await deployment.encrypt('new key', {})
    const [name = '', key = ''] = (await readFile(deployment.keysPath, 'utf8')).trim().split('=')
    privateKey = { [name]: key }
  })

  it('restores the secrets, readable only by the owner, with the key from the environment or from the file', async () => {
    for (const env of [privateKey, {}]) {
      await deployment.decrypt(env)
      expect(await readFile(deployment.plainPath, 'utf8')).to.equal(plain)
      expect((await stat(deployment.plainPath)).mode & 0o777).to.equal(0o600)
      await deployment.removePlain()
    }
  })

  it('takes values literally: it runs no commands and replaces no variables', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what it is about
    const value = 'mongodb://u:$(id)${HOME}$HOME`id`"x\\n=#@h/?replicaSet=rs0'
    await writeFile(
      deployment.plainPath,
      plain.replace(secrets.MONGODB_URI, () => value),
    )
    await deployment.encrypt('same key', {})
    await deployment.decrypt(privateKey)
    expect(await readFile(deployment.plainPath, 'utf8')).to.include(`MONGODB_URI=${value}\n`)
  })

  it('leaves no readable value in the encrypted file', async () => {
    const text = await readFile(deployment.encryptedPath, 'utf8')
    expect(Object.values(secrets).filter((secret) => text.includes(secret))).to.deep.equal([])
    expect(await failureOf(readFile(deployment.plainPath))).to.include('ENOENT')
  })

  it('needs only the public key to encrypt again', async () => {
    await writeFile(deployment.keysPath, '')
    await writeFile(deployment.plainPath, plain.replace('hunter2', 'hunter3'))
    await deployment.encrypt('same key', {})
    await deployment.decrypt(privateKey)
    expect(await readFile(deployment.plainPath, 'utf8')).to.include('hunter3')
  })

  it('keeps unchanged values as they were when it has the private key, so a diff shows only changes', async () => {
    const linesOf = async () => (await readFile(deployment.encryptedPath, 'utf8')).split('\n')
    const before = await linesOf()
    await writeFile(deployment.plainPath, plain.replace('hunter2', 'hunter3'))
    await deployment.encrypt('same key', privateKey)
    const changed = (await linesOf()).filter((line) => !before.includes(line))
    expect(changed.map((line) => line.split('=', 1)[0])).to.deep.equal(['MONGODB_URI'])
  })

  it('starts over with new keys while the old private key is still in the environment', async () => {
    await writeFile(deployment.plainPath, plain)
    await deployment.encrypt('new key', privateKey)
    expect(await failureOf(deployment.decrypt(privateKey))).to.include('is not the private key')
    await deployment.decrypt({})
    expect(await readFile(deployment.plainPath, 'utf8')).to.equal(plain)
  })

  it('does not decrypt without the key, or with another', async () => {
    await writeFile(deployment.keysPath, '')
    expect(await failureOf(deployment.decrypt({}))).to.include('DOTENV_PRIVATE_KEY_STAGING is missing')
    const other = { DOTENV_PRIVATE_KEY_STAGING: '1'.repeat(64) }
    expect(await failureOf(deployment.decrypt(other))).to.equal(
      'DOTENV_PRIVATE_KEY_STAGING is not the private key of DOTENV_PUBLIC_KEY_STAGING',
    )
  })

  it('does not overwrite values that are not encrypted yet', async () => {
    await writeFile(deployment.plainPath, plain)
    expect(await failureOf(deployment.decrypt(privateKey))).to.include('already exists')
  })

  for (const [what, text, message] of [
    ['a variable that there is not', `${plain}JWT_SEKRET=x\n`, 'there is no variable JWT_SEKRET'],
    [
      'a secret that is too short',
      plain.replace(secrets.JWT_SECRET, 'hunter2'),
      'JWT_SECRET must have at least 32 bytes',
    ],
    ['a secret that is missing', plain.replace(/^JWT.*\n/m, ''), 'JWT_JWKS_FILE is required'],
    [
      'quotes, which would become part of the value',
      'JWT_SECRET="hunter2"\n',
      'JWT_SECRET begins with a quote',
    ],
    ['a line that is nothing', `${plain}hunter2\n`, 'line 3 is not NAME=value'],
    ['a variable that is set twice', `${plain}${plain}`, 'MONGODB_URI is set twice'],
  ] as const) {
    it(`rejects ${what}, and shows no value`, async () => {
      await writeFile(deployment.plainPath, text)
      const failure = await failureOf(deployment.encrypt('same key', {}))
      expect(failure).to.include(message).and.not.include('hunter2')
    })
  }
})

describe('make deploy', () => {
  const folder = useTempFolder()
  let env: Record<string, string>
  let repository: string

  /**
   * A copy of the files that the command reads, and a kubectl that records its arguments, because there is no
   * cluster.
   */
  before(async () => {
    repository = join(folder(), 'repository')
    const bin = join(folder(), 'bin')
    await mkdir(bin)
    for (const name of ['.k8s', '.monitoring', '.env.example'])
      await cp(name, join(repository, name), { recursive: true })
    const kustomization = join(repository, '.k8s/overlays/staging/kustomization.yaml')
    const text = await readFile(kustomization, 'utf8')
    await writeFile(kustomization, text.replace('registry.example.com', 'registry.test'))
    const lines = [
      '#!/bin/sh',
      `echo "$*" >> ${folder()}/kubectlCalls`,
      '[ "$1" = kustomize ] || [ "$1" = get ] || echo "kubectl $1"',
      `[ "$2" = -k ] && cat .k8s/deploy/staging/secrets.env >> ${folder()}/seen`,
      '[ "$1" = kustomize ] && cat "$MONITORING"',
      `[ "$2" = -f ] && cp "$3" ${folder()}/rule`,
      '[ "$1" = get ] && echo "$OUTCOME"',
      'exit 0',
    ]
    await writeFile(join(bin, 'kubectl'), lines.join('\n'))
    await chmod(join(bin, 'kubectl'), 0o755)
    env = {
      PATH: `${bin}:${process.env['PATH']}`,
      ARG_env: 'staging',
      ARG_context: 'cluster-7',
      MONITORING: join(process.cwd(), '.k8s/components/monitoring/service-monitor.yaml'),
      OUTCOME: 'SuccessCriteriaMet Complete',
    }
    const deployment = new Deployment('staging', join(repository, '.k8s'))
    await deployment.removePlain()
    await writeFile(deployment.plainPath, plain)
    await deployment.encrypt('new key', {})
  })
  beforeEach(() => writeFile(join(folder(), 'kubectlCalls'), ''))

  const deploy = async (more: Record<string, string> = {}) => {
    const running = start(more)
    const code = await running.untilExit()
    return { code, stdout: running.stdout, stderr: running.stderr }
  }
  const start = (more: Record<string, string>) =>
    new Running(
      '/bin/bash',
      [
        '-c',
        'cd "$1" && exec node --import "$2" "$3"',
        '-',
        repository,
        join(process.cwd(), 'node_modules/tsx/dist/loader.mjs'),
        tool,
      ],
      { ...env, ...more },
    )
  const tool = join(process.cwd(), 'tools/deploy/deploy.ts')
  const kubectlCalls = async () => (await readFile(join(folder(), 'kubectlCalls'), 'utf8')).trim().split('\n')

  it('applies the schema first, then rolls out, and removes the secrets', async () => {
    expect(await deploy()).to.include({ code: 0, stderr: '' })
    expect((await kubectlCalls()).map((line) => line.split(' ', 2).join(' '))).to.deep.equal([
      'version --client=true',
      'delete job',
      'apply -k',
      'kustomize .k8s/deploy/staging',
      'apply -f',
      'get job/benefits-authorizer-schema',
      'apply -k',
      'rollout status',
    ])
    expect(await readFile(join(folder(), 'seen'), 'utf8')).to.equal(plain + plain)
    expect(await failureOf(stat(join(repository, '.k8s/deploy/staging/secrets.env')))).to.include('ENOENT')
  })

  it('passes the cluster to kubectl each time, and prints it before the first change', async () => {
    const { stdout } = await deploy()
    expect(await kubectlCalls()).to.satisfy((lines: string[]) =>
      lines.every((line) => line.endsWith(' --context=cluster-7')),
    )
    expect(stdout).to.match(
      /^kubectl version\nto the context cluster-7, namespace benefits-staging\nkubectl delete\n/,
    )
  })

  it('does not run kubectl until the user names the cluster', async () => {
    const { code, stderr } = await deploy({ ARG_context: '' })
    expect(code).to.equal(1)
    expect(stderr).to.match(/^deploy: context= is missing, for example context=my-cluster /)
    expect(await kubectlCalls()).to.deep.equal([''])
  })

  it('includes the Prometheus rules, with the labels of the ServiceMonitor', async () => {
    await deploy()
    const rule = JSON.parse(await readFile(join(folder(), 'rule'), 'utf8'))
    expect(rule).to.deep.equal({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'benefits-authorizer', labels: { 'app.kubernetes.io/name': 'benefits-authorizer' } },
      spec: { groups: readRuleGroups() },
    })
  })

  it('leaves the Prometheus rules out without the monitoring component', async () => {
    expect(await deploy({ MONITORING: '/dev/null' })).to.include({ code: 0 })
    expect((await kubectlCalls()).filter((line) => line.startsWith('apply -f'))).to.deep.equal([])
  })

  it('passes no secret as an argument to any program', async () => {
    await deploy()
    const lines = (await kubectlCalls()).join('\n')
    expect(Object.values(secrets).filter((secret) => lines.includes(secret))).to.deep.equal([])
  })

  it('rolls nothing out when the schema cannot be applied', async () => {
    const { code, stderr } = await deploy({ OUTCOME: 'Failed' })
    expect({ code, stderr }).to.deep.equal({
      code: 1,
      stderr:
        'deploy: the schema could not be applied, nothing was rolled out: ' +
        'kubectl logs job/benefits-authorizer-schema --namespace=benefits-staging --context=cluster-7\n',
    })
    expect(await kubectlCalls()).to.satisfy((lines: string[]) =>
      lines.every((line) => !line.startsWith('rollout')),
    )
    expect(await failureOf(stat(join(repository, '.k8s/deploy/staging/secrets.env')))).to.include('ENOENT')
  })

  it('leaves no readable secrets behind when it is interrupted', async () => {
    const running = start({ OUTCOME: '' })
    await eventually('it waits for the schema', async () => (await kubectlCalls()).at(-1)?.startsWith('get'))
    running.signalGroup('SIGINT')
    expect(await running.untilExit()).to.equal(1)
    expect(await failureOf(stat(join(repository, '.k8s/deploy/staging/secrets.env')))).to.include('ENOENT')
  })

  it('reports that kubectl is missing', async () => {
    const node = join(folder(), 'only-node')
    await mkdir(node)
    await writeFile(join(node, 'node'), `#!/bin/sh\nexec ${process.execPath} "$@"\n`, { mode: 0o755 })
    const { code, stderr } = await deploy({ PATH: `${node}:/bin-of-nobody` })
    expect({ code, stderr }).to.deep.equal({
      code: 1,
      stderr: 'deploy: kubectl is required but was not found\n',
    })
  })
})
