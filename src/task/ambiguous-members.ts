/**
 * JSON objects that parsers read differently: with a duplicate member, some take the first value and some the last (RFC 8259,
 * section 4), and parsers that ignore case take `Action` for `action`. What is checked by one reading must not be passed on to
 * another one.
 */
import { tryParseJson } from '../lib/parse-json.ts';
import { MAX_DEPTH } from './slices.ts';

/** Why a text is not passed on. */
export type MemberProblem =
  /** A name occurs twice in one object, at any depth, apart from case and escapes. */
  | { readonly kind: 'twice'; readonly member: string }
  | { readonly kind: 'too-deep' }
  | { readonly kind: 'too-many' };

/** Reads JSON in chunks as it arrives, in memory bounded by its names. What does not begin like JSON is ignored. */
export interface MemberScanner {
  /** @returns the first problem so far, undefined if there is none */
  push(chunk: Uint8Array): MemberProblem | undefined;
}

/** Names of more members would need gigabytes. No real request has a thousandth of them. */
const MAX_MEMBERS = 100_000;
/** Longer names count as the same if they begin alike. */
const MAX_NAME_BYTES = 1024;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** White space, and the bytes of a byte order mark. */
const LEADING: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf]);

export function createMemberScanner(): MemberScanner {
  /** The names of each open object, in lower case; undefined for an open array. */
  const open: (Set<string> | undefined)[] = [];
  let problem: MemberProblem | undefined;
  let hasBegun = false;
  let isIgnored = false;
  let isInString = false;
  let isEscaped = false;
  let isNameNext = false;
  /** The bytes of the name being read; undefined outside a name. */
  let name: number[] | undefined;
  let members = 0;

  const endName = (bytes: readonly number[]) => {
    const text = decodeName(bytes);
    const names = open.at(-1);
    members += 1;
    if (members > MAX_MEMBERS) problem = { kind: 'too-many' };
    else if (names?.has(foldName(text))) problem = { kind: 'twice', member: text };
    names?.add(foldName(text));
  };

  const readInString = (byte: number) => {
    if (byte !== QUOTE || isEscaped) {
      isEscaped = byte === BACKSLASH && !isEscaped;
      if (name !== undefined && name.length < MAX_NAME_BYTES) name.push(byte);
      return;
    }
    isInString = false;
    if (name !== undefined) endName(name);
    name = undefined;
  };

  const readStructure = (byte: number) => {
    if (byte === QUOTE) {
      isInString = true;
      if (isNameNext) name = [];
      isNameNext = false;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      isNameNext = byte === OPEN_BRACE;
      open.push(isNameNext ? new Set() : undefined);
      if (open.length > MAX_DEPTH) problem = { kind: 'too-deep' };
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      open.pop();
      isNameNext = false;
    } else if (byte === COMMA) isNameNext = open.at(-1) !== undefined;
  };

  const begin = (byte: number) => {
    if (LEADING.has(byte)) return;
    hasBegun = true;
    isIgnored = byte !== OPEN_BRACE && byte !== OPEN_BRACKET;
  };

  return {
    push: (chunk) => {
      for (let at = 0; at < chunk.length && problem === undefined && !isIgnored; at += 1) {
        const byte = chunk[at] as number;
        if (!hasBegun) begin(byte);
        if (isInString) readInString(byte);
        else readStructure(byte);
      }
      return problem;
    },
  };
}

/** For a text that is complete. */
export function findMemberProblem(text: string): MemberProblem | undefined {
  return createMemberScanner().push(Buffer.from(text));
}

/** Undoes escapes. What is no valid string is taken as it is. */
function decodeName(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString();
  const value = text.includes('\\') ? tryParseJson(`"${text}"`) : text;
  return typeof value === 'string' ? value : text;
}

/** Folds case as parsers that ignore it do: both ways, because `K` (Kelvin) and `ſ` fold to ASCII letters. */
function foldName(name: string): string {
  return name.toUpperCase().toLowerCase();
}
