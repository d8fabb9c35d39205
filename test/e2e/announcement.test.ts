import { expect } from 'chai'
import { serviceEnvironment } from '../support/processes/service-fixture.js'
import { type ServiceProcess, useServices } from '../support/processes/service-process.js'

const textLines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('{'))

describe('the start of the service', () => {
  const start = { service: useServices(), launcher: useServices({ program: 'launcher' }) }

  async function ready(program: keyof typeof start, env: object = {}): Promise<ServiceProcess> {
    const service = await start[program]({ ...(await serviceEnvironment()), ...env })
    await service.untilEvent('serving')
    return service
  }

  it('by the launcher shows the developer its address and what to try', async () => {
    const service = await ready('launcher')
    expect(textLines(service.stderr)).to.deep.equal([
      `benefits-authorizer is ready: gRPC on ${service.grpcAddress}, metrics and probes on ${service.httpUrl}`,
      `Open ${service.apiUrl.replace('127.0.0.1', 'localhost')} in a browser, or try it in another terminal:`,
      `  ./benefits authorize --server ${service.grpcAddress} --amount 10.00 --mcc 5811 --merchant "PADARIA DO ZE"`,
      `  ./benefits account show --server ${service.grpcAddress}`,
    ])
  })

  it('by the launcher writes only the log to standard output, which can be piped', async () => {
    expect(textLines((await ready('launcher')).stdout)).to.deep.equal([])
  })

  it('writes only the log', async () => {
    const { stdout, stderr } = await ready('service')
    expect(textLines(`${stdout}${stderr}`)).to.deep.equal([])
  })

  it('warns of a variable that has no effect, and suggests the name that was probably meant', async () => {
    const service = await ready('service', { GRCP_PORT: '50051' })
    expect(service.events[0]).to.include({
      level: 'warn',
      event: 'unknown variable: it has no effect',
      name: 'GRCP_PORT',
      nearest: 'GRPC_PORT',
    })
  })
})
