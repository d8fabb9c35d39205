import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readSettings } from '../../src/config.js'
import { runCommand } from '../../tools/command.js'
import { startEphemeralMongo } from '../../tools/dev/local-mongo/ephemeral-mongo.js'
import { HealthClient } from '../support/clients/health-client.js'
import { JWT_SECRET } from '../support/clients/token.js'
import { eventually } from '../support/eventually.js'
import { type BuiltImage, buildImage } from './build.js'
import { copyContext } from './build-context.js'
import { Container } from './container.js'
import { readDockerfile } from './dockerfile.js'
import { makeReadOnly, makeWritable } from './read-only.js'

const BYTES_PER_MIB = 2 ** 20

/** Environment variables of processes in the image. */
type Environment = Readonly<Record<string, string>>

await runCommand('check-image', async () => {
  const mongo = await startEphemeralMongo({ env: process.env, log: console.error })
  const folder = await mkdtemp(join(tmpdir(), 'benefits-image-'))
  try {
    // The user of the image must reach its folder.
    await chmod(folder, 0o755)
    const image = await build(folder)
    const env = {
      MONGODB_URI: mongo.uri,
      JWT_SECRET,
      GRPC_PORT: '0',
      HTTP_PORT: '0',
      HTTP_API_PORT: '0',
      // Nothing in the image is writable.
      HOME: '/nonexistent',
      TMPDIR: '/nonexistent',
    }
    await check(image, env)
    console.log('the image is built, starts, is healthy and stops in order')
  } finally {
    await mongo.stop()
    await makeWritable(folder)
    await rm(folder, { recursive: true, force: true })
  }
})

async function build(folder: string): Promise<BuiltImage> {
  const context = join(folder, 'context')
  await mkdir(context)
  await copyContext('.', { to: context, ignore: await readFile('.dockerignore', 'utf8') })
  const stages = readDockerfile(await readFile('Dockerfile', 'utf8'))
  const image = await buildImage(stages, {
    context,
    into: join(folder, 'stages'),
    tell: (instruction) => console.log(`  ${instruction}`),
  })
  await expectNoMore(image)
  const bytes = await makeReadOnly(image.root)
  console.log(`our part of the image: ${Math.ceil(bytes / BYTES_PER_MIB)} MiB`)
  return image
}

/** The image holds the compiled service and its packages: no sources, no tests, no development packages. */
async function expectNoMore({ workdir }: BuiltImage): Promise<void> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'))
  const development = Object.keys(packages).filter((path) => packages[path].dev === true)
  const found = development.filter((path) => existsSync(join(workdir, path)))
  if (development.length === 0 || found.length > 0)
    throw new Error(`there are development packages in the image: ${found.join(', ')}`)
  const names = (await readdir(workdir)).sort()
  if (names.join() !== 'dist,node_modules,package.json')
    throw new Error(`there is more in the image than there should be: ${names.join(', ')}`)
}

async function check(image: BuiltImage, env: Environment): Promise<void> {
  const run = (words: readonly string[], ports: Environment = {}) =>
    new Container({ image, words, env: { ...env, ...ports } })
  await expectSuccess('the schema', run([...image.entrypoint, 'dist/schema.js']))

  const service = run([...image.entrypoint, ...image.cmd])
  const { grpcPort, httpPort } = await eventually('the image listens', () => portsOf(service))
  const health = new HealthClient(`127.0.0.1:${grpcPort}`)
  try {
    await eventually('the image serves', async () => {
      if (service.hasExited) throw new Error(`the image has ended:\n${service.output}`)
      return (await health.check('')) === 'SERVING'
    })
    const ports = { GRPC_PORT: String(grpcPort), HTTP_PORT: String(httpPort) }
    await expectSuccess('HEALTHCHECK', run(image.healthcheck, ports))
    await expectSuccess('verify', run([...image.entrypoint, 'dist/verify.js']))
    service.signal('SIGTERM')
    const code = await service.untilExit(readSettings({}).shutdownTimeoutMs)
    if (code !== 0) throw new Error(`exit code ${code} after SIGTERM:\n${service.output}`)
  } finally {
    health.close()
    service.signal('SIGKILL')
  }
}

/** Its ports, once its log names them. */
function portsOf(service: Container): { readonly grpcPort: number; readonly httpPort: number } | undefined {
  if (service.hasExited) throw new Error(`the image has ended:\n${service.output}`)
  const line = service.output.split('\n').find((one) => one.includes('"event":"listening"'))
  return line === undefined ? undefined : JSON.parse(line)
}

async function expectSuccess(what: string, command: Container): Promise<void> {
  const code = await command.untilExit()
  if (code !== 0) throw new Error(`${what}: exit code ${code}:\n${command.output}`)
}
