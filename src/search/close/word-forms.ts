/** Irregular forms of English words, which have different stems: `women` and `woman`, `ran` and `run`. */
import irregularPlurals from 'irregular-plurals';

/** Forms of the verbs that prompts use; regular ones share a stem. */
const VERBS = `
arise arose arisen|awake awoke awoken|bear bore borne|beat beaten|become became|begin began begun|bend bent|bind bound|bite bit bitten|
bleed bled|blow blew blown|break broke broken|breed bred|bring brought|build built|burn burnt|buy bought|catch caught|choose chose chosen|
cling clung|come came|creep crept|dig dug|do did done|draw drew drawn|dream dreamt|drink drank drunk|drive drove driven|eat ate eaten|
fall fell fallen|feed fed|feel felt|fight fought|find found|flee fled|fling flung|fly flew flown|forget forgot forgotten|freeze froze frozen|
get got gotten|give gave given|go went gone|grind ground|grow grew grown|hang hung|have had|hear heard|hide hid hidden|hold held|keep kept|
kneel knelt|know knew known|lay laid|lead led|lean leant|leap leapt|leave left|lend lent|lie lain|light lit|lose lost|make made|mean meant|
meet met|pay paid|ride rode ridden|ring rang rung|rise rose risen|run ran|say said|see saw seen|seek sought|sell sold|send sent|
sew sewn|shake shook shaken|shine shone|shoot shot|show shown|shrink shrank shrunk|sing sang sung|sink sank sunk|sit sat|sleep slept|
slide slid|speak spoke spoken|spend spent|spin spun|spring sprang sprung|stand stood|steal stole stolen|stick stuck|sting stung|
strike struck|string strung|swear swore sworn|sweep swept|swim swam swum|swing swung|take took taken|teach taught|tear tore torn|
tell told|think thought|throw threw thrown|wake woke woken|wear wore worn|weave wove woven|weep wept|win won|wind wound|write wrote written`;

/** Comparisons, and plurals that the list of nouns lacks. */
const OTHERS = 'good better best|bad worse worst|far farther farthest|person people|cow cattle|penny pence';

let formsByWord: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** The other forms of an irregular word, folded; empty for a regular one. */
export function findIrregularForms(word: string): readonly string[] {
  formsByWord ??= readForms();
  return [...(formsByWord.get(word) ?? [])].filter((form) => form !== word);
}

function readForms(): ReadonlyMap<string, ReadonlySet<string>> {
  const groups = [
    ...`${VERBS}|${OTHERS}`.split('|').map((group) => group.trim().split(/\s+/)),
    ...Array.from(irregularPlurals, ([singular, plural]) => [singular, plural]),
  ];
  const forms = new Map<string, Set<string>>();
  for (const group of groups)
    for (const word of group) {
      const known = forms.get(word) ?? new Set();
      for (const other of group) known.add(other);
      forms.set(word, known);
    }
  return forms;
}
