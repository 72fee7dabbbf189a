/** IP addresses, and ranges of them. */
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The addresses that begin with the given number of bits of an address. */
export type AddressRange = [Address, number];

/** Longer than any, with a zone. */
const MAX_ADDRESS_LENGTH = 64;

/**
 * Reads an address in its usual notation only: parsers disagree about the meaning of `127.1` and `010.0.0.1`.
 * @returns an IPv4 address that is mapped to IPv6 as IPv4; undefined for anything but an address
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > MAX_ADDRESS_LENGTH) return undefined;
  if (!text.includes(':')) return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.parse(text) : undefined;
  return ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined;
}

/** Reads an address (a range of its own) or a range in CIDR notation. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [, start = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(start);
  if (!address) return undefined;
  const length = address.toByteArray().length * 8;
  if (bits === undefined) return [address, length];
  const isMapped = start.includes(':') && address.kind() === 'ipv4';
  const prefix = Number(bits) - (isMapped ? MAPPED_PREFIX_BITS : 0);
  return prefix >= 0 && prefix <= length ? [address, prefix] : undefined;
}

/** Of an IPv4 address that is mapped to IPv6 (RFC 4291, section 2.5.5.2). */
const MAPPED_PREFIX_BITS = 96;

export function isInRanges(address: Address, ranges: readonly AddressRange[]): boolean {
  return ipaddr.subnetMatch(address, { listed: [...ranges] }, 'other') === 'listed';
}
