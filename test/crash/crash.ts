/** `npm run test:crash`: KILLS (500) kills at random moments; SEED repeats the moments of a run. */
import { type CrashReport, runCrashes } from './rounds.ts';

const kills = Number(process.env.KILLS ?? 500);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const MOST_START_MS = 2000;

console.log(`${kills} kills, seed ${seed}`);
const started = performance.now();
const { report, clear, dataDir } = await runCrashes({
  kills,
  seed,
  onRound: (round) => {
    if (round % 25 === 0)
      console.log(`${round} kills after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  },
});
console.log(table(report));
const problems = [
  ...report.lost,
  ...report.untracked,
  ...report.unmarked,
  ...report.unsaved,
  ...report.untold,
  ...report.disordered,
  ...report.lostImages,
  ...report.partialImages,
  ...report.corrupt,
];
for (const problem of problems.slice(0, 50)) console.log(problem);
if (problems.length > 0 || report.slowestStartMs > MOST_START_MS) {
  console.log(`not held; what is left behind is in ${dataDir}`);
  process.exitCode = 1;
} else {
  clear();
}

function table(found: CrashReport): string {
  return [
    ['kills (of those while starting)', `${found.kills} (${found.early})`],
    ['documents acknowledged', found.documents],
    ['… of those lost', found.lost.length],
    ['tracked ids acknowledged', found.trackedIds],
    ['… of those lost', found.untracked.length],
    ['marks acknowledged', found.marks],
    ['… of those lost', found.unmarked.length],
    ['… saved searches, webhooks lost', found.unsaved.length],
    ['messages of webhooks', found.messages],
    ['… of those never delivered', found.untold.length],
    ['changes of collections acknowledged', found.arrangements],
    ['collections in another state', found.disordered.length],
    ['images archived', found.images],
    ['… served before, and lost', found.lostImages.length],
    ['… torn, or without their file', found.partialImages.length],
    ['databases damaged, rows out of step', found.corrupt.length],
    ['slowest start after a kill', `${found.slowestStartMs.toFixed(0)} ms`],
  ]
    .map(([name, value]) => `${String(name).padEnd(40)}${value}`)
    .join('\n');
}
