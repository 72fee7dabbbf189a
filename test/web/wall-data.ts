/** Mirrors with something to look at. */
import type { TaskId } from '../../src/task/id.ts';
import { type DocumentOptions, document } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const SIZES = ['1024x1024', '1344x768', '768x1344', '832x1216', '1216x832', '1536x640', '16:9', '2:3'];
const PROMPTS = [
  ...[
    'a siamese cat on a windowsill',
    'a black cat by the harbour',
    'dunes under a low sun',
    '窗台上的暹罗猫',
  ],
  ...['aurora over snowy hills', 'a vase with dry flowers', 'a dog in the snow', 'arches by the sea'],
];
const DAY_MS = 86_400_000;

/** The id of the task with a number. */
export function taskIdOf(number: number): TaskId {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` as TaskId;
}

export async function storeTasks(
  { store, clock }: TestMirror,
  tasks: readonly DocumentOptions[],
): Promise<void> {
  const fetchedAtMs = clock.now();
  await store.storeDocuments({
    documents: tasks.map((task) => document(task, fetchedAtMs)),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs,
    trackPendingAtMs: fetchedAtMs,
  });
}

/** Tasks of different sizes, one a day back from now: number 0 is the newest. Their images are not archived. */
export function createTasks(here: TestMirror, count: number, stepMs = DAY_MS): DocumentOptions[] {
  return Array.from({ length: count }, (_, number) => ({
    id: taskIdOf(number),
    prompt: `${PROMPTS[number % PROMPTS.length]}, number ${number}`,
    createdAt: (here.clock.now() - number * stepMs) / 1000,
    state: number % 17 === 5 ? ('failed' as const) : ('succeeded' as const),
    more: {
      request: {
        ...{
          action: number % 9 === 3 ? 'edit' : 'generate',
          model: number % 2 === 0 ? 'flux-dev' : 'flux-pro',
        },
        size: SIZES[(number * 7) % SIZES.length],
        prompt: `${PROMPTS[number % PROMPTS.length]}, number ${number}`,
      },
    },
  }));
}

export async function startFilledMirror(count: number, settings: Parameters<typeof startTestMirror>[0] = {}) {
  const here = await startTestMirror(settings);
  await storeTasks(here, createTasks(here, count));
  return here;
}
