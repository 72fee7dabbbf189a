/** What is wrong with the body of a request, for its sender. */
import type * as z from 'zod';

/** @param member where the checked value stands in the body; undefined: it is the body */
export function describeIssue({ issues: [issue] }: z.ZodError, member?: string): string {
  const path = [...(member === undefined ? [] : [member]), ...(issue?.path ?? [])].join('.');
  return `${path === '' ? 'the body' : JSON.stringify(path)} is not valid: ${issue?.message ?? 'unknown'}`;
}
