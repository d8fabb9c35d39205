import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { validate } from 'dockerfile-utils'
import { parse } from 'yaml'
import { readConfig, readSettings } from '../../../src/config.js'
import { CLOSE_MS_MAX } from '../../../src/service/authorizer.js'
import { allowedNames } from '../../image/build-context.js'
import { execForm, pairsOf, readDockerfile } from '../../image/dockerfile.js'
import { knownVariables } from '../../support/known-variables.js'

const text = readFileSync('Dockerfile', 'utf8')

describe('the Dockerfile', () => {
  const stages = readDockerfile(text)
  const last = stages.at(-1)?.instructions ?? []
  const named = (name: string) => last.filter((instruction) => instruction.name === name)

  it('passes the linter', () => {
    expect(validate(text)).to.deep.equal([])
  })

  it('begins every stage with the same exact version of Node.js', () => {
    const [first, ...others] = stages.map(({ from }) => from)
    expect(first).to.match(/^node:\d+\.\d+\.\d+-\w+-slim$/)
    expect(new Set(others)).to.deep.equal(new Set([first]))
  })

  it('runs node as `npm start` does, without a shell', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    const words = [...named('ENTRYPOINT'), ...named('CMD')].flatMap(execForm)
    expect(words.join(' ')).to.equal(scripts.start)
  })

  it('runs without root, and is reachable from outside', () => {
    expect(named('USER').map(({ rest }) => rest)).to.deep.equal(['10001:10001'])
    expect(named('ENV').map(pairsOf)).to.deep.equal([{ NODE_ENV: 'production', HOST: '0.0.0.0' }])
  })

  it('exposes the ports of the service', () => {
    const { grpcPort, httpPort } = readSettings({})
    expect(named('EXPOSE').map(({ rest }) => rest)).to.deep.equal([`${grpcPort} ${httpPort}`])
  })

  it('contains no secret: only the sources, the list of packages and the OpenAPI document', () => {
    expect([...allowedNames(readFileSync('.dockerignore', 'utf8'))].sort()).to.deep.equal([
      '.docs/openapi.json',
      'console',
      'package-lock.json',
      'package.json',
      'src',
      'tsconfig.build.json',
      'tsconfig.json',
    ])
    expect(text).not.to.match(/^(ARG|ADD)\b/m)
  })
})

describe('docker-compose.yml', () => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'))
  const { authorizer, mongodb } = services

  it('passes the linter', () => {
    expect(() => execFileSync('npm', ['--silent', 'run', 'compose'], { stdio: 'pipe' })).not.to.throw()
  })

  /** The environment with the defaults that Compose puts in. */
  const settingsOf = (environment: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value.replace(/^\$\{\w+:-(\w+)\}$/, '$1')]),
    )

  it('sets only variables that the service reads, with valid values', () => {
    const environment = settingsOf(authorizer.environment)
    expect(knownVariables()).to.include.members(Object.keys(environment))
    expect(readConfig(environment).mongodbUri).to.equal('mongodb://mongodb:27017/?replicaSet=rs0')
  })

  it('publishes the ports of the service, on this machine only', () => {
    const { grpcPort, httpPort, httpApiPort } = readConfig(settingsOf(authorizer.environment))
    expect(authorizer.ports).to.deep.equal([
      `127.0.0.1:\${GRPC_PORT:-${grpcPort}}:${grpcPort}`,
      `127.0.0.1:\${HTTP_API_PORT:-${httpApiPort}}:${httpApiPort}`,
      `127.0.0.1:\${HTTP_PORT:-${httpPort}}:${httpPort}`,
    ])
  })

  it('gives the service no container name, so that several can run', () => {
    expect(authorizer).not.to.have.property('container_name')
  })

  it('gives the service enough time to stop', () => {
    const seconds = Number.parseInt(authorizer.stop_grace_period, 10)
    expect(seconds * 1_000).to.be.above(readSettings({}).shutdownTimeoutMs + CLOSE_MS_MAX)
  })

  it('lets only the service reach the database', () => {
    expect(mongodb).not.to.have.property('ports')
    expect(mongodb.networks).to.deep.equal(['database'])
  })

  it('waits for a writable database', () => {
    expect(authorizer.depends_on).to.deep.equal({ mongodb: { condition: 'service_healthy' } })
    expect(mongodb.healthcheck.test.join(' ')).to.include('isWritablePrimary')
  })

  for (const [name, service] of Object.entries<typeof authorizer>(services)) {
    it(`drops unneeded privileges of ${name}, and limits the rest`, () => {
      expect(service).to.deep.include({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      })
      expect(service.deploy.resources.limits).to.have.keys('cpus', 'memory', 'pids')
      expect(service.image ?? 'built:0.0.0').to.match(/:\d+\.\d+\.\d+$/)
    })
  }
})
