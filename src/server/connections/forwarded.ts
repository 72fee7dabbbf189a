/** Reads what proxies say about the requests that they forward: `Forwarded` (RFC 7239) and `X-Forwarded-For`, `-Proto`, `-Host`. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Address, parseAddress } from '../../lib/address-ranges.ts';

/** What the proxies added, the last one last. */
export interface ForwardedValues {
  /** From whom each received the request, for `parseNode`; undefined where a proxy does not say. */
  readonly nodes: readonly (string | undefined)[];
  readonly protocols: readonly (string | undefined)[];
  readonly hosts: readonly (string | undefined)[];
}

/** The values of the `X-Forwarded-` headers; undefined if there are none. */
export function readXForwarded(headers: IncomingHttpHeaders): ForwardedValues | undefined {
  const [nodes, protocols, hosts] = ['for', 'proto', 'host'].map((name) =>
    splitList(headers[`x-forwarded-${name}`]),
  );
  if (!nodes || !protocols || !hosts) return undefined;
  if (nodes.length + protocols.length + hosts.length === 0) return undefined;
  return { nodes, protocols, hosts };
}

/** The values of `Forwarded`; undefined if there is none, or if it is malformed. */
export function readForwarded(headers: IncomingHttpHeaders): ForwardedValues | undefined {
  const elements = parseElements(joinLines(headers.forwarded));
  if (!elements || elements.length === 0) return undefined;
  return {
    nodes: elements.map((element) => element.get('for')),
    protocols: elements.map((element) => element.get('proto')),
    hosts: elements.map((element) => element.get('host')),
  };
}

/** A header that is repeated is one list (RFC 9110, section 5.3). */
function joinLines(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function splitList(value: string | string[] | undefined): string[] {
  return joinLines(value)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A parameter, or nothing, with what follows it. Proxies don't always quote addresses, so tokens are read generously. */
const PARAMETER = /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:([^\s",;]+)|"((?:[^"\\]|\\.)*)")[ \t]*)?([;,]|$)/y;

/** @returns the parameters of each element by their lower-case names; undefined when it does not follow RFC 7239, section 4 */
function parseElements(text: string): Map<string, string>[] | undefined {
  const elements = [new Map<string, string>()];
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const [found, name, token, quoted = '', end] = PARAMETER.exec(text) ?? [];
    if (found === undefined) return undefined;
    if (name !== undefined) {
      const element = elements.at(-1);
      if (element?.has(name.toLowerCase())) return undefined;
      element?.set(name.toLowerCase(), token ?? quoted.replaceAll(/\\(.)/g, '$1'));
    }
    if (end === ',') elements.push(new Map());
  }
  return elements.filter(({ size }) => size > 0);
}

/** An address, or one with a port (RFC 7239, section 6). */
const NODE = /^(?:\[([^\]]+)\]|([^:]+))(?::(?:\d{1,5}|_[\w.-]+))?$/;

/** @returns undefined for `unknown`, a made-up name such as `_hidden`, and anything else */
export function parseNode(text: string): Address | undefined {
  const [, bracketed, plain] = NODE.exec(text) ?? [];
  return parseAddress(bracketed ?? plain ?? text);
}
