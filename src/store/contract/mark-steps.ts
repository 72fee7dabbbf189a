/** Divides marks of many tasks into steps, each of which is one transaction. */
import type { MarkRequest } from './marks.ts';

/** What one step may weigh: about 10 ms, for which others wait. */
const MAX_WEIGHT = 60;

/** @returns steps of at least one request each, in their order */
export function* splitIntoSteps(requests: readonly MarkRequest[]): Generator<readonly MarkRequest[]> {
  let step: MarkRequest[] = [];
  let weight = 0;
  for (const request of requests) {
    const own = weigh(request);
    if (step.length > 0 && weight + own > MAX_WEIGHT) {
      yield step;
      step = [];
      weight = 0;
    }
    step.push(request);
    weight += own;
  }
  if (step.length > 0) yield step;
}

/** How much longer it takes than a star: the words of a note and each tag are written to the search index. */
function weigh({ change: { note = '', tags = [], addTags = [] } }: MarkRequest): number {
  return 1 + note.length / 400 + (tags.length + addTags.length) / 4;
}
