/** Checks request bodies by their schemas. */
import type * as z from 'zod';
import { createBadRequest } from '../lib/api-error.ts';

/** @throws ApiError 400, which names the member that is not valid */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw createBadRequest(
    `${path === '' ? 'the body' : JSON.stringify(path)} is not valid: ${issue?.message ?? 'unknown'}`,
  );
}
