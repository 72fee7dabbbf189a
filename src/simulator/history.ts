/** A year of a simulated account: quiet days and bursts of work, edits, videos, failures. */
import type { NewTask } from './account.ts';
import { pick, pickSampleTask, type SampleTask } from './samples.ts';

/** What a history is added to. */
interface Recorder {
  addTask(task: NewTask): string;
  /** The first image of a finished task. */
  findImageUrl(id: string): string | undefined;
}

type Failure = NonNullable<NewTask['fails']>;

const DAY_MS = 86_400_000;
const DAYS = 365;
/** The part of a day in which work begins. */
const WAKING_MS = 7 * 3_600_000;

const CHANCE = {
  burst: 0.04,
  quietTask: 0.4,
  repeat: 0.55,
  several: 0.1,
  edit: 0.12,
  video: 0.02,
  failure: 0.03,
};
const BURST_TASKS = { min: 8, more: 12 };
/** Between the tasks of a burst, at least. */
const PAUSE_MS = 6 * 60_000;

/** Credits for an image. */
const COSTS: Readonly<Record<string, number>> = {
  'flux-dev': 0.13,
  'flux-pro': 0.27,
  'flux-pro-1.1': 0.22,
  'flux-pro-1.1-ultra': 0.33,
  'flux-kontext-pro': 0.22,
  'flux-2-pro': 0.24,
};
const VIDEO_COST = 2.68;
const VIDEO_REQUEST = { mode: 't2v', duration: 5, aspect_ratio: '16:9' };
const EDITS = [
  'make it night, keep the composition',
  'warmer colours, late afternoon light',
  'the same scene in winter, light snow',
  '换成夜晚的色调，保持构图',
  '改成水彩风格，留白多一些',
] as const;
const FAILURES: readonly [Failure, ...Failure[]] = [
  { code: 'bad_request', message: 'prompt was flagged by the content policy' },
  { code: 'bad_request', message: 'model is invalid.' },
  { code: 'used_up', message: 'the balance of this account is used up' },
  { code: 'api_error', message: 'fetch failed' },
  { code: 'service_unavailable', message: 'the model is overloaded, try again later' },
];

/**
 * Adds the tasks of the year before `nowMs`, oldest first; all have ended.
 * @param random uniform in [0, 1) @returns their ids
 */
export function addYearOfTasks(recorder: Recorder, nowMs: number, random: () => number): string[] {
  const ids: string[] = [];
  for (let day = DAYS; day > 0; day -= 1) {
    const startMs = nowMs - day * DAY_MS + Math.floor(random() * WAKING_MS);
    if (random() < CHANCE.burst) ids.push(...addBurst(recorder, startMs, random));
    else if (random() < CHANCE.quietTask)
      ids.push(addTask(recorder, pickSampleTask(random), startMs, random));
  }
  return ids;
}

/** A few hours of work on few prompts, each tried several times; some of the images are edited. */
function addBurst(recorder: Recorder, startMs: number, random: () => number): string[] {
  const ids: string[] = [];
  const count = BURST_TASKS.min + Math.floor(random() * BURST_TASKS.more);
  let [atMs, sample] = [startMs, pickSampleTask(random)];
  let imageUrl: string | undefined;
  for (let n = 0; n < count; n += 1) {
    if (imageUrl !== undefined && random() < CHANCE.edit) {
      ids.push(addEdit(recorder, { ...sample, imageUrl }, atMs, random));
    } else {
      if (random() >= CHANCE.repeat) sample = pickSampleTask(random);
      const id = addTask(recorder, sample, atMs, random);
      imageUrl = recorder.findImageUrl(id);
      ids.push(id);
    }
    atMs += Math.floor((1 + random()) * PAUSE_MS);
  }
  return ids;
}

function addTask(recorder: Recorder, sample: SampleTask, createdAtMs: number, random: () => number): string {
  const tookMs = 3000 + Math.floor(random() * 9000);
  if (random() < CHANCE.failure)
    return recorder.addTask({ ...sample, createdAtMs, tookMs, fails: pick(FAILURES, random) });
  if (random() < CHANCE.video) return recorder.addTask(createVideoTask(sample.prompt, createdAtMs));
  const count = random() < CHANCE.several ? 2 + Math.floor(random() * 3) : 1;
  const cost = count * (COSTS[sample.model] ?? 0);
  return recorder.addTask({ ...sample, count, cost: roundCredits(cost), createdAtMs, tookMs });
}

function addEdit(
  recorder: Recorder,
  { size, imageUrl }: SampleTask & { imageUrl: string },
  createdAtMs: number,
  random: () => number,
): string {
  const model = 'flux-kontext-pro';
  return recorder.addTask({
    ...{ action: 'edit', prompt: pick(EDITS, random), model, size, imageUrl },
    ...{ cost: COSTS[model] ?? 0, createdAtMs, tookMs: 5000 + Math.floor(random() * 6000) },
  });
}

function createVideoTask(prompt: string, createdAtMs: number): NewTask {
  return {
    ...{ kind: 'videos', prompt, request: VIDEO_REQUEST },
    ...{ cost: VIDEO_COST, createdAtMs, tookMs: 150_000 },
  };
}

function roundCredits(cost: number): number {
  return Math.round(cost * 100) / 100;
}
