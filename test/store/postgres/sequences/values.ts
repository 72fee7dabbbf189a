/** The few ids and values that random calls are made of, so that these meet often. */
import fc from 'fast-check';
import type { TaskDocument } from '../../../../src/task/document.ts';
import type { TaskId } from '../../../../src/task/id.ts';
import type { TaskLimits } from '../../../../src/task/limits.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import type { Session } from './session.ts';

export const IDS: readonly TaskId[] = numberedIds(16);
/**
 * No other task is created at the same time as one of these. The others share their times, but are never removed, and their times stay:
 * where among the tasks of one time a task goes that returns, or that gets this time later, the contract leaves open.
 */
const LONE = IDS.slice(4);
const START_S = Date.UTC(2026, 2, 14, 12) / 1000;
const DAY_S = 86_400;

export const PROMPTS = [
  'a white cat',
  'A white cat, sleeping',
  'the cats of Zürich',
  '一只白色的猫 at night',
  'two dogs and a cat',
  'portrait of an old sailor',
] as const;
const LINKS = ['https://img.example/a.png', 'https://img.example/b.png', 'https://img.example/c.png'];
export const LIMITS: readonly TaskLimits[] = [
  { userIds: ['ann'], applicationIds: [] },
  { userIds: ['ann', 'bob'], applicationIds: [] },
  { userIds: ['ann', 'bob'], applicationIds: ['app'] },
];

export const id = fc.constantFrom(...IDS);
export const loneId = fc.constantFrom(...LONE);
export const ids = fc.array(id, { maxLength: 4 });
/** Mostly without limits. */
export const limits = fc.option(fc.constantFrom(...LIMITS), { nil: undefined, freq: 2 });
/** Which of earlier answers a call is about, counted from the last. */
export const back = fc.nat(3);
export const delayMs = fc.constantFrom(0, 1000, 60_000, 3_600_000);

/** The text of a document as few choices. */
const documentChoice = fc.record({
  id,
  state: fc.constantFrom('pending', 'pending', 'succeeded', 'succeeded', 'failed'),
  version: fc.nat(1),
  prompt: fc.constantFrom(...PROMPTS),
  /** Which creation time, if no other task has the same. */
  time: fc.constantFrom(0, 0, 1, 2, 3),
  user: fc.constantFrom('ann', 'bob'),
  hasApplication: fc.boolean(),
  images: fc.subarray(LINKS, { minLength: 1 }),
  inputs: fc.subarray(LINKS, { maxLength: 2 }),
  model: fc.constantFrom('flux-dev', 'flux-pro', undefined),
  size: fc.constantFrom('1024x1024', '16:9'),
  cost: fc.constantFrom(undefined, 0.05, 1.5),
});
export type DocumentChoice = typeof documentChoice extends fc.Arbitrary<infer Choice> ? Choice : never;

export const documentChoices = fc.array(documentChoice, { minLength: 1, maxLength: 3 });

export function createDocument(choice: DocumentChoice, { clock, isSingle }: Session): TaskDocument {
  const { state, version, prompt, model, size, cost } = choice;
  const images = isSingle ? choice.images.slice(0, 1) : choice.images;
  const inputs = isSingle ? [] : choice.inputs;
  const data = images.map((link) => ({ image_url: link, seed: version }));
  const response = { success: true, data, ...(cost === undefined ? {} : { cost: { amount: cost } }) };
  return document(
    {
      id: choice.id,
      createdAt: findCreationTime(choice, clock.now() / 1000),
      ...(state === 'succeeded' && images.length > 0
        ? {}
        : { state: state === 'failed' ? state : 'pending' }),
      userId: choice.user,
      more: {
        version,
        request: { prompt, size, action: 'generate', ...(model && { model }), image_urls: inputs },
        ...(choice.hasApplication ? { application_id: 'app' } : {}),
        ...(state === 'succeeded' ? { response } : {}),
      },
    },
    clock.now(),
  );
}

function findCreationTime({ id: own, time }: DocumentChoice, nowS: number): number {
  const at = IDS.indexOf(own);
  // Some before the webhooks of the sequence are added, the others after that.
  if (!LONE.includes(own)) return START_S + (at % 2 === 0 ? -DAY_S : 2 * DAY_S);
  return time === 0 ? nowS + at : START_S - time * 20 * DAY_S + at / 1000;
}

/** The n-th key of a collection, or of a saved search: in the form of those that nobody can guess. */
export function createKey(owner: string, n: number): string {
  return `k${n}${owner.replaceAll('-', '').slice(2)}`;
}
