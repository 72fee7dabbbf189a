/** How the pictures of a task are numbered: its results from 0 upwards, what it was given to work on from -1 downwards. */
import { type Artifact, listArtifacts } from './artifacts.ts';
import { listInputImageLinks } from './input-images.ts';
import type { JsonObject } from './json-object.ts';

/** @param index among the input images of the task, from 0 */
export function numberInput(index: number): number {
  return -1 - index;
}

/** The index among the task's input images; undefined for a result. */
export function getInputIndex(number: number): number | undefined {
  return number < 0 ? -1 - number : undefined;
}

/** @returns undefined if the task has no such picture */
export function findArtifact(document: JsonObject, number: number): Artifact | undefined {
  const index = getInputIndex(number);
  if (index === undefined) return listArtifacts(document)[number];
  const url = listInputImageLinks(document)[index];
  return url === undefined ? undefined : { kind: 'images', url };
}
