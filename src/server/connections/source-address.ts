/** Which addresses are one client. */
import ipaddr from 'ipaddr.js';

/** An IPv6 client usually has a whole /64, so that is the key; for IPv4, mapped or not, the address itself. */
export function getSourceAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toByteArray().slice(0, 8).join('.');
}
