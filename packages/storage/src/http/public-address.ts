import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

// Addresses that the library takes wrongly for public unicast: IANA's registries of special-purpose addresses, and
// Azure's agent of the host, which answers on an address of the internet.
const NOT_PUBLIC = [
  '168.63.129.16/32',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.175.48.0/24',
  // All of IETF's protocol assignments: Teredo, benchmarks, ORCHID, AMT, …
  '2001::/23',
  '2002::/16',
  '2001:db8::/32',
  '2620:4f:8000::/48',
  '3fff::/20',
  '5f00::/16',
].map((network) => ipaddr.parseCIDR(network));

const PUBLIC_6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an IP address is one host of the public internet: an address of any other network would let a server on the web reach
 * into ours. Of IPv6 only 2000::/3 is, so nothing that wraps an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv6' && !parsed.match(PUBLIC_6)) return false;
  return !NOT_PUBLIC.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);
}
