/** JSON as a tree that keeps what `JSON.parse` loses: repeated members, and the digits of every number. */
import { type Node, parseTree } from 'jsonc-parser';

/** `text` is that of the source, but for strings, of which it has no needless escapes. */
export type JsonTree =
  | { readonly kind: 'object'; readonly text: string; readonly members: ReadonlyMap<string, JsonTree[]> }
  | { readonly kind: 'array'; readonly text: string; readonly elements: readonly JsonTree[] }
  /** @param value the same for two texts that mean the same */
  | { readonly kind: 'scalar'; readonly text: string; readonly value: string };

/** Longer numbers are compared by their text. */
const MAX_NUMBER_LENGTH = 1000;

/** @param text valid JSON, not nested deeper than MAX_DEPTH (see task/slices.ts) */
export function parseJsonTree(text: string): JsonTree {
  const root = parseTree(text, [], { disallowComments: true });
  if (root === undefined) throw new TypeError('not JSON');
  return convertNode(root, text);
}

function convertNode(node: Node, source: string): JsonTree {
  const text = source.slice(node.offset, node.offset + node.length);
  const children = node.children ?? [];
  if (node.type === 'array')
    return { kind: 'array', text, elements: children.map((child) => convertNode(child, source)) };
  if (node.type === 'object') return { kind: 'object', text, members: collectMembers(children, source) };
  if (node.type === 'number') return { kind: 'scalar', text, value: normalizeNumber(text) };
  // JSON again, without the escapes that it does not need; a string still differs from a number of the same characters.
  const value = JSON.stringify(node.value);
  return { kind: 'scalar', text: value, value };
}

/** By name; the values of a repeated one in their order, of which parsers take the first or the last. */
function collectMembers(properties: readonly Node[], source: string): Map<string, JsonTree[]> {
  const members = new Map<string, JsonTree[]>();
  for (const { children: [name, value] = [] } of properties) {
    if (name === undefined || value === undefined) continue;
    const values = members.get(String(name.value)) ?? [];
    values.push(convertNode(value, source));
    members.set(String(name.value), values);
  }
  return members;
}

/** `1.50e1`, `15` and `15.0` are one number, whatever its size. @returns significant digits and an exponent */
function normalizeNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (text.length > MAX_NUMBER_LENGTH || whole === '') return text;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  const significant = digits.replace(/0+$/, '');
  const shift = digits.length - significant.length - fraction.length;
  return `${sign}${significant}e${BigInt(exponent) + BigInt(shift)}`;
}
