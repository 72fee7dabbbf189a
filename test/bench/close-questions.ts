/** Questions for close matches, as a person would type them who half remembers a prompt. The same for the same prompts. */
import { createSeededRandom } from '../../src/simulator/random.ts';

export type CloseQuestionKind = 'remembered words' | 'misspelt pair' | 'Chinese pieces';

const PER_KIND = 48;
const SEED = 23;
/** Prompts that have a word: fewer, and it may be a misspelling itself; more, and nobody would type it to find one prompt. */
const MIN_USES = 3;
const MAX_SHARE = 0.03;
const MIN_MISSPELT = 6;

export function createCloseQuestions(prompts: readonly string[]): Record<CloseQuestionKind, string[]> {
  const random = createSeededRandom(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const uses = countUses(prompts);
  const isMemorable = (word: string) => {
    const count = uses.get(word) ?? 0;
    return count >= MIN_USES && count < prompts.length * MAX_SHARE;
  };
  const words = (prompt: string) => [...new Set(listWords(prompt))].filter(isMemorable);

  const createRemembered = (prompt: string) => {
    const [first, second, third] = takeSpread(words(prompt), 3, random);
    return third && `${third} with the ${first} and a ${second}`;
  };
  const createMisspelt = (prompt: string) => {
    const [first, second] = takeSpread(words(prompt), 2, random);
    const other = second && second.length >= MIN_MISSPELT ? misspell(second, random) : undefined;
    return other && !uses.has(other) ? `${first} ${other}` : undefined;
  };
  const createPieces = (prompt: string) => {
    const [first, second] = takeSpread(listPieces(prompt), 2, random);
    const run = second && `${first}${second}`;
    return run && !prompts.some((other) => other.includes(run)) ? run : undefined;
  };
  const collect = (create: (prompt: string) => string | undefined, from: readonly string[]) => {
    const texts = new Set<string>();
    for (let tries = 0; texts.size < PER_KIND && tries < 100 * PER_KIND; tries += 1) {
      const text = create(pick(from));
      if (text) texts.add(text);
    }
    return [...texts];
  };
  const english = prompts.filter((prompt) => words(prompt).length >= 4);
  const chinese = prompts.filter((prompt) => listPieces(prompt).length >= 4);
  return {
    'remembered words': collect(createRemembered, english),
    'misspelt pair': collect(createMisspelt, english),
    'Chinese pieces': collect(createPieces, chinese),
  };
}

function countUses(prompts: readonly string[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const prompt of prompts)
    for (const word of new Set(listWords(prompt))) uses.set(word, (uses.get(word) ?? 0) + 1);
  return uses;
}

function listWords(prompt: string): string[] {
  return prompt.toLowerCase().match(/[a-z]{4,}/g) ?? [];
}

let segmenter: Intl.Segmenter | undefined;

/** Words of Chinese characters; none of a Japanese or Korean prompt. */
function listPieces(prompt: string): string[] {
  if (!/\p{Script=Han}{2}/u.test(prompt) || /[\p{Script=Hiragana}\p{Script=Hangul}]/u.test(prompt)) return [];
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  const segments = Array.from(segmenter.segment(prompt), ({ segment }) => segment);
  return [...new Set(segments.filter((segment) => /^\p{Script=Han}{2,}$/u.test(segment)))];
}

/** So many of a list, in its order, not next to each other; none if it is too short. */
function takeSpread<T>(list: readonly T[], count: number, random: () => number): T[] {
  const free = list.length - (2 * count - 1);
  if (free < 0) return [];
  const gaps = Array.from({ length: count }, () => Math.floor(random() * (free + 1))).sort((a, b) => a - b);
  return gaps.map((gap, at) => list[gap + 2 * at] as T);
}

/** Leaves out, exchanges or doubles a letter behind the first. */
function misspell(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (word.length - 2));
  const [before, letter, after] = [word.slice(0, at), word.charAt(at), word.slice(at + 1)];
  const ways = [
    before + after,
    before + after.charAt(0) + letter + after.slice(1),
    before + letter + letter + after,
  ];
  const result = ways[Math.floor(random() * ways.length)] ?? word;
  return result === word ? before + after : result;
}
