/** Reads seeds exactly: those of some models exceed 2^53, up to which JavaScript's numbers are exact. */
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { FLUX } from '../service/flux.ts';
import { getOwn, isObject, type JsonObject } from './json-object.ts';
import { getResponse } from './members.ts';

const { members: MEMBERS } = FLUX;
/** More digits than any seed has. */
const INTEGER = /^-?\d{1,40}$/;

/**
 * The first seed among the results.
 * @param text the document's exact text
 * @param document the same, parsed
 * @returns decimal digits with an optional minus sign; undefined if there is none
 */
export function findSeed(text: string, document: JsonObject): string | undefined {
  const results = getOwn(getResponse(document) ?? {}, MEMBERS.results);
  const [items, path] = Array.isArray(results) ? [results, (at: number) => [at]] : [[results], () => []];
  for (const [at, item] of items.entries()) {
    if (!isObject(item)) continue;
    const seed = readSeed(getOwn(item, 'seed'), () =>
      readNumberText(text, document, [MEMBERS.results, ...path(at), 'seed']),
    );
    if (seed !== undefined) return seed;
  }
  return undefined;
}

/** @param readExact returns the number as written, by parsing the document a second time */
function readSeed(value: unknown, readExact: () => string | undefined): string | undefined {
  if (typeof value === 'string') return INTEGER.test(value) ? BigInt(value).toString() : undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  if (Number.isSafeInteger(value)) return String(value);
  const exact = readExact();
  if (exact !== undefined && INTEGER.test(exact)) return BigInt(exact).toString();
  return value < 1e40 && value > -1e40 ? BigInt(value).toString() : undefined; // 1e20: written with an exponent
}

/** The source text of a number in the response. */
function readNumberText(text: string, document: JsonObject, path: (string | number)[]): string | undefined {
  const response = getOwn(document, MEMBERS.response);
  const [source, fullPath] =
    typeof response === 'string' ? [response, path] : [text, [MEMBERS.response, ...path]];
  const root = parseTree(source);
  const node: Node | undefined = root && findNodeAtLocation(root, fullPath);
  return node && source.slice(node.offset, node.offset + node.length);
}
