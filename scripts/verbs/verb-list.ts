/**
 * The verbs that a function's name may start with: imperatives, and `is`, `has`, `can` and the like for booleans.
 * Prepositions (`to`, `as`, `with`), participles (`loaded`) and nouns are deliberately not included.
 */

const IMPERATIVES = `
abort accept acquire add admit advance aggregate allocate allow analyze announce answer append apply archive ask assemble assert
assign attach attempt audit authenticate authorize await back backfill begin belong bind block bound break bring build cache
calculate call cancel cap carry catch change check choose chunk claim classify clean clear clone close coalesce collapse
collect combine compare compile complete compose compress compute concat configure confirm connect consume convert copy
count create cut debounce decide decode decompress decrement defer define delay delete deliver dequeue derive describe
deserialize destroy detach detect determine discard disconnect discover dispatch dispose distinguish divide download drain
drip drop emit enable disable encode end enqueue ensure enter escape estimate evaluate examine exchange execute exit expand
expect expire explain export expose extend extract fail fetch fill filter find finish flag flatten flush fold follow forget
format forward free freeze gather generate get give group grow guard handle hash highlight hold hide identify ignore import
increment index infer inform insert inspect install interrupt intersect invalidate invoke join judge keep kill leave lift
limit list listen load localize lock log look lookup make map mark mask match measure merge migrate mirror move name
narrow negotiate normalize note notify observe obtain offer omit open order overwrite pack pad page parse pass pause peek
persist pick pipe place pluralize plan poll pop populate post prefix prepare print probe proceed process prune publish pull pump push
put query queue quote raise rank read rebuild receive recover reconnect record recreate redact redirect reduce refresh
refuse register reindex reject rejoin relay release reload remember remove rename render reopen reorder repair repeat replace
reply report request require requeue reschedule reserve reset resolve respect respond restart restore restrict resume retain retrieve
retry return reuse reverse revoke rewrite roll rotate round run sample sanitize save say scan schedule score scrape search seed
seek select send serialize serve set settle share show shut sign simulate skip sleep slice sort split stamp start stat stem
stop store stream strip subscribe subtract suggest sum summarize supply suspend swap sweep sync take tally tap tell terminate
test throttle throw toggle tokenize touch track transform traverse trim truncate try unlock unpack unregister untrack unwrap
update upload upsert use validate verify visit wait walk want warn watch work wrap write yield
`;

const PREDICATES =
  'is has have can could may must should will does are was allows contains exists needs requires supports';

const VERBS: ReadonlySet<string> = new Set(`${IMPERATIVES} ${PREDICATES}`.split(/\s+/).filter(Boolean));

/** Verbs that are also nouns, and so can start compound nouns: `searchCommand` does not search for anything. */
const ALSO_NOUNS: ReadonlySet<string> = new Set(
  `answer archive backfill block cache chunk count delay exchange export filter group  highlight hold import index limit list
  log  mark match mirror name note order page place plan post prefix query queue record reply report request restore retry
  return revoke run sample schedule score search seed sort stat stream sync test track untrack update`.split(
    /\s+/,
  ),
);

/** The last words of such compounds. (`serveCommand` is one, too: only `createServeCommand` is not.) */
const NOUN_HEADS: ReadonlySet<string> = new Set(
  `after answer condition conditions delay entry expression for group header hit hits id json key message ms name of param path problem
  result row  sql table text time tracker url`.split(/\s+/),
);

/** Splits a camelCase name into lower-case words. */
function splitName(name: string): string[] {
  return name
    .replace(/^[_$#]+/, '')
    .split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_/)
    .map((word) => word.toLowerCase());
}

/** Whether a function's name starts with a verb. */
export function startsWithVerb(name: string): boolean {
  const words = splitName(name);
  const [first = ''] = words;
  if (!VERBS.has(first)) return false;
  const last = words.at(-1) ?? '';
  if (last === 'command') return first === 'create';
  return words.length === 1 || words[1] === 'by' || !(ALSO_NOUNS.has(first) && NOUN_HEADS.has(last));
}
