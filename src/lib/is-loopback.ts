/** Addresses of this machine itself. */
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host, also in brackets, can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const unbracketed = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const family = isIP(unbracketed);
  if (family === 0) return unbracketed === 'localhost' || unbracketed.endsWith('.localhost');
  return loopback.check(unbracketed, family === 6 ? 'ipv6' : 'ipv4');
}
