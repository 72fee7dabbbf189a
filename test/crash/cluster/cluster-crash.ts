/** `npm run test:cluster-crash`: KILLS (30) kills in MINUTES (10); SEED repeats the moments of a run. */
import { type ClusterCrash, type ClusterCrashReport, runClusterCrash } from './run.ts';
import { TROUBLE_KINDS } from './troubles.ts';

const kills = Number(process.env.KILLS ?? 30);
const minutes = Number(process.env.MINUTES ?? 10);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const LONGEST_AWAY_MS = 6000;
const MAX_SHOWN = 50;

console.log(`${kills} kills in ${minutes} minutes, seed ${seed}`);
const started = performance.now();
const { report, ledger, cluster } = await runClusterCrash({
  ...{ kills, seed, durationMs: minutes * 60_000, longestAwayMs: LONGEST_AWAY_MS },
  onProgress: (what) => console.log(`${((performance.now() - started) / 1000).toFixed(0)} s: ${what}`),
});
console.log(formatTable(report, ledger));
const { images: _, ...lists } = report.findings;
const problems = [
  ...Object.entries(lists).flatMap(([kind, list]) => list.map((one) => `${kind}: ${one}`)),
  ...report.untold.map((message) => `never delivered: ${message}`),
  ...report.falseMissing,
  ...report.unexpected,
  ...report.withoutReason.map((id) => `asked for again: ${id}`),
];
for (const problem of problems.slice(0, MAX_SHOWN)) console.log(problem);
for (const { kind, fromMs, untilMs } of problems.length > 0 ? report.troubles : [])
  console.log(`${kind}: from ${fromMs} to ${untilMs}`);
const isHeld = problems.length === 0;
await cluster.stop(!isHeld);
if (!isHeld) {
  console.log(`not held: the logs of the servers are in ${cluster.root}`);
  process.exitCode = 1;
}

function formatTable(found: ClusterCrashReport, { images, ...known }: ClusterCrash['ledger']): string {
  const { findings, statuses } = found;
  const count = (kind: string) => found.troubles.filter((trouble) => trouble.kind === kind).length;
  const rows: [string, string | number][] = [
    [`kills: ${TROUBLE_KINDS.join(', ')}`, TROUBLE_KINDS.map(count).join(', ')],
    ['documents acknowledged, lost', `${known.documents.size}, ${findings.lost.length}`],
    [
      'tracked and generated ids acknowledged, lost',
      `${known.trackedIds.size}, ${findings.untracked.length}`,
    ],
    ['marks acknowledged, lost', `${known.marks.size}, ${findings.unmarked.length}`],
    ['saved searches with webhooks, lost', `${known.watchedSearches.size}, ${findings.unsaved.length}`],
    ['messages of webhooks, never delivered', `${known.expectedMessages.size}, ${found.untold.length}`],
    ['changes of collections, wrong states', `${known.arrangements()}, ${findings.disordered.length}`],
    ['images served, lost', `${images.size}, ${findings.lostImages.length}`],
    ['images archived, without an intact object', `${findings.images}, ${findings.partialImages.length}`],
    ['rows out of step', findings.corrupt.length],
    ['answers of the drop-in endpoint', [...statuses].map((pair) => pair.join(' × ')).join(', ')],
    ['false 404', found.falseMissing.length],
    ['other wrong answers, or none', found.unexpected.length],
    ['requests to the upstream', found.upstreamRequests],
    ['ids asked for again, without a reason', `${found.repeated}, ${found.withoutReason.length}`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(48)}${value}`).join('\n');
}
