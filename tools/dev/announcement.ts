import type { Settings } from '../../src/config.js'
import { tlsOf } from '../../src/service/run-service.js'
import type { Ports } from '../../src/service/service.js'

/** Describes to a developer where the service listens, and which commands to try. */
export function announcement(settings: Settings, { grpcPort, httpPort, httpApiPort }: Ports): string {
  const { host } = settings
  const server = isUsual(settings, grpcPort) ? '' : ` --server ${addressFor(settings, grpcPort)}`
  const grpc = tlsOf(settings) === 'none' ? 'gRPC' : 'gRPC with TLS'
  return [
    '',
    `benefits-authorizer is ready: ${grpc} on ${host}:${grpcPort}, metrics and probes on http://${host}:${httpPort}`,
    `Open ${tlsOf(settings) === 'none' ? 'http' : 'https'}://localhost:${httpApiPort} in a browser, or try it in another terminal:`,
    '',
    `  ./benefits authorize${server} --amount 10.00 --mcc 5811 --merchant "PADARIA DO ZE"`,
    `  ./benefits account show${server}`,
    '',
    '',
  ].join('\n')
}

/** Whether the command line finds the service at its default address. */
function isUsual({ host, grpcPort: configured }: Settings, grpcPort: number): boolean {
  return host === '127.0.0.1' && configured === 50_051 && grpcPort === configured
}

/** Formats the address for a caller on this machine. With TLS it is the name that the certificate carries. */
function addressFor(settings: Settings, grpcPort: number): string {
  const { host } = settings
  if (tlsOf(settings) !== 'none') return `localhost:${grpcPort}`
  const callable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `${callable.includes(':') ? `[${callable}]` : callable}:${grpcPort}`
}
