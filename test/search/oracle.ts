/**
 * A second reading of the search, without an index: each query is made together with a plain function that says which
 * task it means. It shares nothing with the search but the stemmer, and OpenCC's tables.
 */
import { Converter } from 'opencc-js';
import { stemmer } from 'stemmer';
import type { TaskId } from '../../src/task/id.ts';

export interface OracleTask {
  readonly id: TaskId;
  readonly createdAtMs: number;
  readonly state: string;
  readonly model: string;
  readonly size: string;
  readonly prompt: string;
  /** Of its images; empty unless it has succeeded. */
  readonly links: readonly string[];
  /** Of its archived image. */
  readonly sha256: string | undefined;
  readonly words: readonly OracleWord[];
}

export interface OracleWord {
  /** Folded letters. */
  readonly letters: string;
  readonly stem: string;
  readonly isWord: boolean;
}

export interface OracleQuery {
  readonly text: string;
  readonly means: (task: OracleTask) => boolean;
}

const ACCENT =
  /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]\p{M}*)\p{Mn}/gu;
const TOKEN =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}\p{sc=Yiii}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}\u30fc\p{ExtPict}\p{RI}]|[\p{L}\p{N}\p{M}]/gu;
const ALONE =
  /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Bopo}\p{sc=Yiii}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Tibt}\u30fc\p{ExtPict}\p{RI}]$/u;

const toSimplified = [
  Converter({ from: 'hk', to: 'cn' }),
  Converter({ from: 't', to: 'cn' }),
  Converter({ from: 'cn', to: 'tw' }),
  Converter({ from: 'tw', to: 'cn' }),
];
const unified = new Map<string, string>();

/** A Chinese character in the spelling to which all of its spellings lead. */
function unify(character: string): string {
  const known = unified.get(character) ?? toSimplified.reduce((text, convert) => convert(text), character);
  unified.set(character, known);
  return known;
}

/** The words of a text, read as a whole: normalise everything, then look at one character after the other. */
export function oracleWords(text: string): OracleWord[] {
  const folded = text.toWellFormed().normalize('NFKD').replace(ACCENT, '').toUpperCase().toLowerCase();
  const plain = folded
    .normalize('NFKD')
    .replace(ACCENT, '')
    .replace(/[\u20d0-\u20ff]|\p{DI}/gu, '')
    .normalize('NFKC');
  const words: OracleWord[] = [];
  let letters = '';
  const end = () => {
    if (letters !== '')
      words.push({ letters, stem: /^[a-z]{3,}$/.test(letters) ? stemmer(letters) : letters, isWord: true });
    letters = '';
  };
  for (const character of plain) {
    if (character.match(TOKEN) === null) end();
    else if (ALONE.test(character)) {
      end();
      const letters = unify(character);
      words.push({ letters, stem: letters, isWord: false });
    } else letters += character;
  }
  end();
  return words;
}

export function contains(task: OracleTask, stems: readonly string[], beginning?: string): boolean {
  const length = stems.length + (beginning === undefined ? 0 : 1);
  for (let at = 0; at + length <= task.words.length; at += 1) {
    const fits = stems.every((stem, offset) => task.words[at + offset]?.stem === stem);
    const last = task.words[at + stems.length];
    if (fits && (beginning === undefined || (last?.isWord && last.letters.startsWith(beginning))))
      return true;
  }
  return false;
}
