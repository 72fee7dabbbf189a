/** Chinese words that regions say in their own way (软件, 軟體): one is found by the other, as a form of it. */
import taiwanPhrases from 'opencc-js/dict/TWPhrases';
import { extractTerms, joinLetters } from '../terms.ts';

/** What the tables of OpenCC lack, and prompts have. */
const OTHERS = '朋克 龐克|賽博 賽柏|激光 雷射|全息 全像|視頻 影片|動畫片 卡通';

let pairs: readonly (readonly [string, string])[] | undefined;

/** The word as it is said elsewhere. @param word folded @returns folded words */
export function listRegionalForms(word: string): string[] {
  pairs ??= readPairs();
  const forms = new Set<string>();
  for (const [mainland, taiwan] of pairs) {
    if (word.includes(mainland)) forms.add(word.replace(mainland, taiwan));
    if (word.includes(taiwan)) forms.add(word.replace(taiwan, mainland));
  }
  forms.delete(word);
  return [...forms];
}

function readPairs(): (readonly [string, string])[] {
  return `${OTHERS}|${taiwanPhrases}`.split('|').flatMap((pair) => {
    const [mainland = '', taiwan = ''] = pair.split(' ').map((word) => joinLetters(extractTerms(word)));
    return mainland.length > 1 && taiwan.length > 1 && mainland !== taiwan
      ? [[mainland, taiwan] as const]
      : [];
  });
}
