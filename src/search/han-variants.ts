/**
 * Makes traditional and simplified Chinese characters comparable. A simplified character can stand for several traditional ones
 * (发 for 發 and 髮), and regions write some of those in their own ways (裏, 裡): all that are linked by the tables of OpenCC are
 * one character for the search.
 */
import hongKongVariants from 'opencc-js/dict/HKVariants';
import simplifiedToTraditional from 'opencc-js/dict/STCharacters';
import traditionalToSimplified from 'opencc-js/dict/TSCharacters';
import taiwanVariants from 'opencc-js/dict/TWVariants';

const TABLES = [traditionalToSimplified, simplifiedToTraditional, taiwanVariants, hongKongVariants];

/** Made when the first Chinese character is read: it takes about 20 ms, and many mirrors have none. */
let representatives: ReadonlyMap<string, string> | undefined;

/** The character that stands for a Chinese character and all its variants. @param char one code point */
export function unifyHanVariants(char: string): string {
  representatives ??= findRepresentatives();
  return representatives.get(char) ?? char;
}

/** Joins linked characters to sets, and chooses one of each. */
function findRepresentatives(): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  const findRoot = (char: string): string => {
    let root = char;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    return root;
  };
  for (const table of TABLES) {
    for (const pair of table.split('|')) {
      const [from = '', to = ''] = pair.split(' ').map(findRoot);
      if (from !== to && Array.from(from).length === 1 && Array.from(to).length === 1) parents.set(from, to);
    }
  }
  return new Map(Array.from(parents.keys(), (char) => [char, findRoot(char)]));
}
