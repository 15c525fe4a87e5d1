import { isIP } from 'node:net';

/** Networks that are not the internet: an address of one would let a server on the web reach into ours (RFC 6890). */
const RESERVED_4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Whether an IP address is one of the public internet. Of IPv6 only 2000::/3 is, and what wraps an IPv4 address counts as that. */
export function isPublicAddress(address: string): boolean {
  const kind = isIP(address);
  if (kind === 4) {
    const number = number4(address);
    return !RESERVED_4.some(([network, bits]) => (number ^ number4(network)) >>> (32 - bits) === 0);
  }
  if (kind !== 6) return false;
  const groups = groups6(address);
  // 2002::/16 (6to4), 2001::/32 (Teredo) and documentation lead elsewhere; 64:ff9b::/96 and ::ffff:0:0/96 are outside of 2000::/3.
  const [first, second] = groups as [number, number];
  if (first >>> 13 !== 1) return false;
  return !(first === 0x2002 || (first === 0x2001 && (second === 0 || second === 0xdb8)));
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);
}

function number4(address: string): number {
  return address.split('.').reduce((number, part) => (number << 8) | Number(part), 0) >>> 0;
}

function groups6(address: string): number[] {
  const plain = address.split('%')[0]!;
  const [head = '', tail] = plain.split('::');
  const part = (text: string) =>
    text === ''
      ? []
      : text.split(':').flatMap((group) => {
          if (!group.includes('.')) return [Number.parseInt(group, 16)];
          const number = number4(group);
          return [number >>> 16, number & 0xffff];
        });
  const [before, after] = [part(head), tail === undefined ? [] : part(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
