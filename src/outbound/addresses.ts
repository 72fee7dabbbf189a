/** Which addresses a link that somebody else wrote may lead to: public ones only. */
import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A link leads to where no link of strangers may: this machine, its network, a cloud's metadata. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

/**
 * True for an address that the whole internet can reach: not private, loopback, link-local, reserved (IANA's
 * special-purpose registries), nor IPv4 wrapped in IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // All IPv6 that is given out begins with the bits 001 (RFC 4291, section 2.4).
  return parsed.kind() === 'ipv4' || (parsed.toByteArray()[0] ?? 0) >> 5 === 1;
}

/**
 * Resolves a name for a socket, once: what is checked here is what is connected to, so a name can't change its
 * address in between. A name with one forbidden address is refused as a whole.
 */
export const lookUpPublicAddress: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) {
      callback(error, '', 0);
      return;
    }
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => !isPublicAddress(address))) {
      callback(new ForbiddenAddress('its name stands for a private address'), '', 0);
      return;
    }
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
