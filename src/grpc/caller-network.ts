import { isIPv6 } from 'node:net'

const GROUPS = 8
/** Of those, the ones that are a network's: who has one address of it has all. */
const NETWORK_GROUPS = 4
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/**
 * Whom an address, as Node.js tells it, belongs to: IPv4 by itself, also where it is written as IPv6, and IPv6 by its first 64 bits
 * (RFC 4291, section 2.5.4).
 */
export function callerNetwork(address: string): string {
  const mapped = MAPPED.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [left = [], right] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = right ? Array.from({ length: GROUPS - left.length - right.length }, () => '0') : []
  return `${[...left, ...zeros, ...(right ?? [])].slice(0, NETWORK_GROUPS).join(':')}::/64`
}
