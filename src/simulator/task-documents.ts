/** Builds the documents of a simulated task: pending, and finished. */
import type { NewTask } from './account.ts';
import { generateHex, generateId } from './random.ts';
import { parsePixelSize } from './size.ts';

export interface TaskDocuments {
  readonly id: string;
  readonly databaseId: string;
  readonly userId: string;
  readonly applicationId: string;
  readonly pending: string;
  /** With its result. */
  finish(): string;
}

export interface DocumentTimes {
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly finishesAtMs: number;
}

const API_ID = 'deefc5d7-7f22-43e9-929e-f2b6afee60b7';
const USER_ID = 'ad7afe47-cea9-4cda-980f-2ad8810e51cf';
const APPLICATION_ID = '001c2f84-2a4a-4c4d-ba3f-8a89f43b5be2';
const CREDENTIAL_ID = 'b00bddd3-140f-4343-a9a2-affb312b60de';
const DEFAULT_VIDEO = { seconds: 5.041667, width: 1280, height: 704, fps: 24 };

/** @param linkBase where the generated files are served */
export function createTaskDocuments(
  task: NewTask,
  { createdAtMs, startedAtMs, finishesAtMs }: DocumentTimes,
  random: () => number,
  linkBase: () => string,
): TaskDocuments {
  const id = task.id ?? generateId(random);
  const head = {
    _id: generateHex(random, 24),
    id,
    api_id: API_ID,
    application_id: task.applicationId ?? APPLICATION_ID,
    created_at: createdAtMs / 1000,
    started_at: startedAtMs / 1000,
    credential_id: CREDENTIAL_ID,
    request: task.kind === 'videos' ? createVideoRequest(task) : createImageRequest(task),
    trace_id: generateId(random),
    user_id: task.userId ?? USER_ID,
  };
  const ids = { task_id: id, trace_id: head.trace_id };
  const createResults =
    task.kind === 'videos' ? prepareVideo(task, id, linkBase) : prepareImages(task, id, random, linkBase);

  return {
    id,
    databaseId: head._id,
    userId: head.user_id,
    applicationId: head.application_id,
    pending: JSON.stringify(head),
    finish: () =>
      JSON.stringify({
        ...head,
        finished_at: finishesAtMs / 1000,
        elapsed: (finishesAtMs - startedAtMs) / 1000,
        response: task.fails
          ? { success: false, ...ids, error: task.fails }
          : { success: true, ...ids, data: createResults(), ...createCost(task) },
      }),
  };
}

function createImageRequest(task: NewTask) {
  const { count = 1 } = task;
  return {
    action: task.action ?? 'generate',
    ...(task.model === undefined ? {} : { model: task.model }),
    size: task.size ?? '1024x1024',
    prompt: task.prompt,
    ...(count === 1 ? {} : { count }),
    ...(task.imageUrl === undefined ? {} : { image_url: task.imageUrl }),
    ...(task.callbackUrl === undefined ? {} : { callback_url: task.callbackUrl }),
  };
}

function createVideoRequest(task: NewTask) {
  return {
    action: task.action ?? 'generate',
    model: task.model ?? 'flux-3',
    ...(task.prompt === '' ? {} : { prompt: task.prompt }),
    ...task.request,
    ...(task.callbackUrl === undefined ? {} : { callback_url: task.callbackUrl }),
  };
}

function prepareImages(task: NewTask, id: string, random: () => number, linkBase: () => string) {
  const { width, height } = parsePixelSize(task.size);
  const seeds = Array.from({ length: task.count ?? 1 }, () => Math.floor(random() * 2 ** 31));
  const inference = Math.round(2000 + random() * 3000) / 1000;
  return () =>
    seeds.map((seed, at) => ({
      prompt: task.prompt,
      image_url: `${linkBase()}/images/${id}_${at}_${width}x${height}.png`,
      seed,
      timings: { inference },
    }));
}

function prepareVideo(task: NewTask, id: string, linkBase: () => string) {
  return () => [
    { id, model: task.model ?? 'flux-3', video_url: `${linkBase()}/videos/${id}.mp4`, ...DEFAULT_VIDEO },
  ];
}

function createCost({ cost }: NewTask) {
  return cost === undefined ? {} : { cost: { amount: cost, currency: 'credit' } };
}
