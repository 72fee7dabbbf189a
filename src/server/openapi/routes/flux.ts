/** The vendor's own routes, as served by the mirror. */

import * as z from 'zod';
import { FLUX } from '../../../service/flux.ts';
import {
  createArray,
  createEnum,
  createInteger,
  createPathParameter,
  type RouteDescription,
  taskId,
  text,
} from '../components.ts';
import { generationAnswerSchema, tasksAnswerSchema } from '../upstream-schemas.ts';

const GENERATION_ERRORS = [400, 401, 402, 403, 405, 413, 415, 502, 503];

const strings = { anyOf: [text, createArray(text)] };

export const FLUX_ROUTES: readonly RouteDescription[] = [
  {
    path: FLUX.taskPath,
    method: 'post',
    operationId: 'tasks',
    summary: 'Retrieve one task or many, list the history, or delete a task: the vendor’s own route',
    parameters: [
      {
        name: 'cache-control',
        in: 'header',
        schema: text,
        description: 'no-cache, max-age=N (overrides the pending TTL), only-if-cached',
      },
    ],
    requestBody: {
      type: 'object',
      properties: {
        action: { ...createEnum('retrieve', 'retrieve_batch', 'delete'), default: 'retrieve' },
        id: taskId,
        ids: { ...createArray(taskId), maxItems: 1000 },
        user_id: strings,
        application_id: strings,
        type: strings,
        created_at_min: { type: 'number', description: 'epoch seconds' },
        created_at_max: { type: 'number', description: 'epoch seconds' },
        limit: createInteger(1, 1000, 20),
        offset: createInteger(0),
      },
    },
    responses: { 200: { description: 'a task document, or a list of them', schema: tasksAnswerSchema } },
    errors: [400, 401, 402, 403, 404, 405, 413, 415, 429, 502, 503, 504],
  },
  {
    path: FLUX.generationPaths.images,
    method: 'post',
    operationId: 'generate',
    summary: 'Generate an image: forwarded to the upstream once, never retried',
    requestBody: { type: 'object', properties: { action: text, prompt: text, model: text, size: text } },
    responses: { 200: { description: 'the upstream’s answer as it came', schema: generationAnswerSchema } },
    errors: GENERATION_ERRORS,
  },
  {
    path: FLUX.generationPaths.videos,
    method: 'post',
    operationId: 'generateVideo',
    summary: 'Generate a video: forwarded to the upstream once, never retried',
    requestBody: {
      type: 'object',
      properties: {
        action: text,
        mode: text,
        prompt: text,
        model: text,
        resolution: text,
        aspect_ratio: text,
      },
    },
    responses: { 200: { description: 'the upstream’s response, unchanged', schema: generationAnswerSchema } },
    errors: GENERATION_ERRORS,
  },
  {
    path: '/callbacks/{key}',
    method: 'post',
    operationId: 'callback',
    summary: 'Called by the upstream when a generation is finished; the key is the credential',
    parameters: [createPathParameter('key', text)],
    requestBody: { type: 'object' },
    responses: { 200: { description: 'accepted', schema: z.strictObject({ success: z.literal(true) }) } },
    errors: [401, 403, 404, 413, 503],
    isOpen: true,
  },
];
