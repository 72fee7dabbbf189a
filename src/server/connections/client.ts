/**
 * Who sent a request, and how it addressed the mirror. What headers say about that counts only if a trusted proxy sent them: anybody
 * else could claim to be somebody else, or to use TLS.
 */
import type { IncomingMessage } from 'node:http';
import { type Address, type AddressRange, isInRanges, parseAddress } from '../../lib/address-ranges.ts';
import { type ForwardedValues, parseNode, readForwarded, readXForwarded } from './forwarded.ts';

export interface Client {
  readonly address: string;
  /** It sent the request over TLS. */
  readonly isSecure: boolean;
  /** The host that it addressed, if a proxy received the request in its place. */
  readonly forwardedHost: string | undefined;
}

const clients = new WeakMap<IncomingMessage, Client>();
/** Requests whose connection is that of a trusted proxy. */
const proxied = new WeakSet<IncomingMessage>();

/** The client of a request. */
export function getClient(request: IncomingMessage): Client {
  return clients.get(request) ?? describePeer(request);
}

/** Whether a trusted proxy sent a request, whatever it says about its client. */
export function isFromTrustedProxy(request: IncomingMessage): boolean {
  return proxied.has(request);
}

/** @returns a function that finds out the client of a new request, for `getClient` */
export function createClientRecorder(
  trustedProxies: readonly AddressRange[],
): (request: IncomingMessage) => void {
  if (trustedProxies.length === 0) return () => undefined;
  const isTrusted = (address: Address) => isInRanges(address, trustedProxies);
  return (request) => {
    const peer = parseAddress(request.socket.remoteAddress ?? '');
    if (!peer || !isTrusted(peer)) return;
    proxied.add(request);
    clients.set(request, readClient(request, peer, isTrusted));
  };
}

function describePeer({ socket }: IncomingMessage): Client {
  return { address: socket.remoteAddress ?? '', isSecure: false, forwardedHost: undefined };
}

interface Claim {
  readonly address: string;
  readonly protocol: string | undefined;
  readonly host: string | undefined;
}

/** Proxies pass on the header that they don't write: if both are there and disagree, the client may have made up either. */
function readClient(
  request: IncomingMessage,
  peer: Address,
  isTrusted: (address: Address) => boolean,
): Client {
  const [claim, other] = [readXForwarded(request.headers), readForwarded(request.headers)]
    .filter((values) => values !== undefined)
    .map((values) => followProxies(values, peer, isTrusted));
  if (!claim || (other && !agree(claim, other))) return describePeer(request);
  return {
    address: claim.address,
    isSecure: (claim.protocol ?? other?.protocol) === 'https',
    forwardedHost: claim.host ?? other?.host,
  };
}

/** Goes back from the peer until a proxy was addressed by somebody who is not trusted: only that far the values are true. */
function followProxies(
  { nodes, protocols, hosts }: ForwardedValues,
  peer: Address,
  isTrusted: (address: Address) => boolean,
): Claim {
  let address = peer;
  let trusted = 0;
  while (trusted < nodes.length && isTrusted(address)) {
    trusted += 1;
    const sender = parseNode(nodes.at(-trusted) ?? '');
    if (!sender) break; // a proxy that hides its clients answers for them
    address = sender;
  }
  const find = (values: readonly (string | undefined)[]) =>
    values
      .slice(-Math.max(trusted, 1))
      .find((value) => value !== undefined)
      ?.toLowerCase();
  return { address: address.toString(), protocol: find(protocols), host: find(hosts) };
}

function agree(one: Claim, other: Claim): boolean {
  const isSame = (a: string | undefined, b: string | undefined) =>
    a === undefined || b === undefined || a === b;
  return (
    one.address === other.address && isSame(one.protocol, other.protocol) && isSame(one.host, other.host)
  );
}
