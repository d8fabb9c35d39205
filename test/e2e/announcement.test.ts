import { expect } from 'chai'
import { serviceEnvironment } from '../support/service-fixture.js'
import { type ServiceProcess, useServices } from '../support/service-process.js'

const textLines = ({ stdout }: ServiceProcess) =>
  stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'))

describe('a service that is ready', () => {
  const start = useServices()

  async function ready(env: object): Promise<ServiceProcess> {
    const service = await start({ ...(await serviceEnvironment()), ...env })
    await service.untilEvent('serving')
    return service
  }

  it('tells a developer where it listens, and what to try', async () => {
    const service = await ready({})
    expect(textLines(service)).to.deep.equal([
      `benefits-authorizer is ready: gRPC on ${service.grpcAddress}, metrics and probes on ${service.httpUrl}`,
      'Try it in another terminal:',
      `  ./benefits authorize --server ${service.grpcAddress} --amount 10.00 --mcc 5811 --merchant "PADARIA DO ZE"`,
      `  ./benefits account show --server ${service.grpcAddress}`,
    ])
  })

  it('writes nothing but its log in production', async () => {
    expect(textLines(await ready({ NODE_ENV: 'production' }))).to.deep.equal([])
  })
})
