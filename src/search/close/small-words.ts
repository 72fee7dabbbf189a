/** Words that say little by themselves (`the`, `mit`, 的): a close match need not have them. */
import * as lists from 'stopword';
import { extractTerms, joinLetters } from '../terms.ts';

/** Languages that separate words by spaces. English first: it is assumed when no other language explains more of the words. */
const SPACED = [
  lists.eng,
  lists.deu,
  lists.fra,
  lists.spa,
  lists.por,
  lists.ita,
  lists.nld,
  lists.swe,
  lists.pol,
  lists.tur,
  lists.vie,
  lists.ind,
  lists.rus,
  lists.ukr,
];
/** Chinese and Japanese share characters, but hardly any of these. */
const UNSPACED = [lists.zho, lists.jpn];
/** Content in a prompt, whatever a list for newspapers says. */
const CONTENT = new Set(['make', 'way', 'like', '年', '月', '日', '时', '分', '秒', '人', '上', '下', '中']);
/** What the lists lack, and people type between the words that they remember. */
const MORE = ['near', 'its', 'these', 'those', 'onto', 'upon', 'my', 'me', 'shall', 'just'];

/** Words for what every prompt makes. */
const GENERIC = new Set([
  ...[
    'picture',
    'pictures',
    'image',
    'images',
    'photo',
    'photos',
    'pic',
    'pics',
    'photograph',
    'photography',
  ],
  ...['prompt', 'generate', 'generated', 'create', 'created', 'draw', 'drawing', 'render', 'show', 'showing'],
]);

const ASCII_WORD = /^[a-z]+$/;

let spaced: readonly ReadonlySet<string>[] | undefined;
let unspaced: ReadonlySet<string> | undefined;

/**
 * The small words among the words of a query, in the language that explains most of them: `hat` is one in German, and a hat in
 * English.
 * @param words folded
 */
export function findSmallWords(words: readonly string[]): ReadonlySet<string> {
  spaced ??= SPACED.map((list, at) => foldList(at === 0 ? [...list, ...MORE] : list));
  const found = spaced.map((list) => new Set(words.filter((word) => list.has(word))));
  return found.reduce((best, candidate) => (candidate.size > best.size ? candidate : best));
}

/** Whether a folded word says what a prompt makes, and hardly what it shows. */
export function isGenericWord(word: string): boolean {
  return GENERIC.has(word);
}

/** Whether a segment of Chinese or Japanese is a particle or the like. @param segment folded */
export function isSmallSegment(segment: string): boolean {
  unspaced ??= foldList(UNSPACED.flat());
  return unspaced.has(segment);
}

function foldList(list: readonly string[]): ReadonlySet<string> {
  const words = list.filter((word) => !CONTENT.has(word));
  // Words of ASCII letters are folded already; most are.
  return new Set(words.map((word) => (ASCII_WORD.test(word) ? word : joinLetters(extractTerms(word)))));
}
