/**
 * Replaces what differs between two runs of one version: times since the start, generated ids, durations, directories.
 * Everything from the sample is kept byte for byte.
 */

export interface NormalizeOptions {
  /** Everything at this time or later is "now". Epoch milliseconds. */
  readonly startedAtMs: number;
  /** Ids of the sample, which are never replaced. */
  readonly knownIds: ReadonlySet<string>;
  /** Addresses and directories of this run, with the placeholder for each. */
  readonly places: ReadonlyMap<string, string>;
}

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const ISO_TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?/g;
const COMPACT_TIME = /\b\d{8}T\d{9}Z/g;
const EPOCH = /\b1[6-9]\d{8}(?:\d{3})?\b(?:\.\d+)?/g;
const MIRROR_TOKEN = /\bfluxm_[\w-]{20,}/g;

/** Base64url of a JSON object. */
const CURSOR = /\beyJ[\w-]{16,}/g;

const DURATIONS: readonly [RegExp, string][] = [
  [/\(\d[\d,]* documents a second\)/g, '(<rate> documents a second)'],
  [/("(?:\w+_)?(?:seconds|ms|bytes)": ?)\d+(?:\.\d+)?/g, '$1"<number>"'],
  [/("due": ?)\d+/g, '$1"<number>"'],
  [/("pid": ?)\d+/g, '$1"<pid>"'],
  [/\bpid \d+/g, 'pid <pid>'],
  [/\b\d+(?:\.\d+)? (?:B|KiB|MiB|GiB|kB|MB|GB)\b/g, '<size>'],
  [/\b\d+ (?:s|min|h)\b/g, '<duration>'],
  [/\b\d+ due now\b/g, '<number> due now'],
];

/** Creates a function that normalizes texts of one run. */
export function createNormalize(options: NormalizeOptions): (text: string) => string {
  const { startedAtMs, knownIds, places } = options;
  // Times with a resolution of seconds may be rounded down to before the start.
  const nowMs = startedAtMs - 1000;
  return (text) => {
    let result = text;
    for (const [place, name] of places) result = result.replaceAll(place, name);
    result = result
      .replace(CURSOR, decodeCursor)
      .replace(UUID, (id) => (knownIds.has(id) ? id : '<uuid>'))
      .replace(MIRROR_TOKEN, '<token>')
      .replace(COMPACT_TIME, '<time>')
      .replace(ISO_TIME, (time) => (parseTime(time) >= nowMs ? '<time>' : time))
      .replace(EPOCH, (time) =>
        Number(time) * (time.split('.')[0]?.length === 13 ? 1 : 1000) >= nowMs ? '<time>' : time,
      );
    for (const [pattern, replacement] of DURATIONS) result = result.replace(pattern, replacement);
    return result;
  };
}

/** Cursors hold the time of the request, and scores that depend on it. */
function decodeCursor(cursor: string): string {
  const json = Buffer.from(cursor, 'base64url').toString();
  return json.replace(/("score":)[\d.e-]+/, '$1<score>').replaceAll('"', "'");
}

/** Times without a zone are shown in UTC: every command runs with TZ=UTC. */
function parseTime(text: string): number {
  const withSeconds = /T?\d\d:\d\d$/.test(text) && !/:\d\d:\d\d$/.test(text) ? `${text}:59` : text;
  const time = Date.parse(`${withSeconds.replace(' ', 'T').replace(/Z$/, '')}Z`);
  return Number.isNaN(time) ? 0 : time;
}
