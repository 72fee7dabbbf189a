/** What is recorded of one version, and the rules by which two recordings are compared. */

/**
 * `bytes`: the same text. `json`: everything in the first is in the second, with the same values. `lines`: every line of
 * the first is a line of the second. `wording`: a difference is reported, but is not a failure.
 */
export type Rule = 'bytes' | 'json' | 'lines' | 'wording';

export interface Observation {
  /** Row of the report that it belongs to: `drop-in answers`. */
  readonly surface: string;
  readonly name: string;
  readonly rule: Rule;
  readonly text: string;
}

export type Verdict = 'same' | 'superset' | 'wording' | 'different';

export interface Comparison {
  readonly surface: string;
  readonly name: string;
  readonly verdict: Verdict;
  /** Lines that say what differs. */
  readonly details: readonly string[];
}

/** Compares the observations of the earlier version with those of the same name in the later one. */
export function compareObservations(
  before: readonly Observation[],
  after: readonly Observation[],
): Comparison[] {
  const laterByName = new Map(after.map((one) => [`${one.surface}\n${one.name}`, one]));
  const known = new Set(before.map(({ surface, name }) => `${surface}\n${name}`));
  const compared = before.map((earlier): Comparison => {
    const later = laterByName.get(`${earlier.surface}\n${earlier.name}`);
    const { surface, name } = earlier;
    if (!later) return { surface, name, verdict: 'different', details: ['- missing in the version after'] };
    return { surface, name, ...compareTexts(earlier.rule, earlier.text, later.text) };
  });
  const added = after
    .filter(({ surface, name }) => !known.has(`${surface}\n${name}`))
    .map(({ surface, name }): Comparison => ({ surface, name, verdict: 'superset', details: ['+ new'] }));
  return [...compared, ...added];
}

function compareTexts(rule: Rule, before: string, after: string): Pick<Comparison, 'verdict' | 'details'> {
  if (before === after) return { verdict: 'same', details: [] };
  const [missing, added] = rule === 'json' ? diffJson(before, after) : diffLines(before, after);
  const details = [...missing.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
  if (rule === 'wording') return { verdict: 'wording', details };
  const isSuperset = rule !== 'bytes' && missing.length === 0;
  return { verdict: isSuperset ? 'superset' : 'different', details };
}

/** Lines that occur more often in one text than in the other, in both directions. */
function diffLines(before: string, after: string): [string[], string[]] {
  const [earlier, later] = [before.split('\n'), after.split('\n')];
  return [subtractLines(earlier, later), subtractLines(later, earlier)];
}

function subtractLines(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

function diffJson(before: string, after: string): [string[], string[]] {
  try {
    return diffLines(flattenJson(JSON.parse(before)), flattenJson(JSON.parse(after)));
  } catch {
    return diffLines(before, after);
  }
}

/** One line for each leaf: `items[0].id = "…"`. */
function flattenJson(value: unknown, path = ''): string {
  if (typeof value !== 'object' || value === null) return `${path} = ${JSON.stringify(value)}`;
  const isList = Array.isArray(value);
  const lines = Object.entries(value).map(([key, member]) =>
    flattenJson(member, isList ? `${path}[${key}]` : `${path}.${key}`),
  );
  return lines.length === 0 ? `${path} = ${isList ? '[]' : '{}'}` : lines.join('\n');
}
