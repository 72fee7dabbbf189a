/** Checks request bodies by their schemas, and what several of them have. */
import type * as z from 'zod';
import { createBadRequest } from '../lib/api-error.ts';
import { InvalidName, normalizeName } from '../task/entry-name.ts';

/** @throws ApiError 400, which names the member that is not valid */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw createBadRequest(describeIssue(parsed.error));
  return parsed.data;
}

/** @param member where the checked value stands in the body; undefined: it is the body */
export function describeIssue({ issues: [issue] }: z.ZodError, member?: string): string {
  const path = [...(member === undefined ? [] : [member]), ...(issue?.path ?? [])].join('.');
  return `${path === '' ? 'the body' : JSON.stringify(path)} is not valid: ${issue?.message ?? 'unknown'}`;
}

/** The name of a collection or a saved search. @throws ApiError 400 */
export function readName(text: string): string {
  try {
    return normalizeName(text);
  } catch (error) {
    if (error instanceof InvalidName) throw createBadRequest(error.message);
    throw error;
  }
}
