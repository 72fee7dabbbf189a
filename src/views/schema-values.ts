/**
 * Schemas shared by several responses. They give types, OpenAPI and tests: no response is validated while serving, so the
 * code that builds responses imports only the types, and commands never load the schemas.
 */
import * as z from 'zod';

export const text = z.string();
export const count = z.int().min(0);
export const time = z.iso.datetime();
export const taskId = z.string().min(1).max(128);
export const taskState = z.enum(['pending', 'succeeded', 'failed']);
