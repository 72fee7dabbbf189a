/** Documents that the mirror forwards unchanged from the upstream: members may be missing, and unknown ones may occur. */
import * as z from 'zod';
import { count, taskId } from '../../views/schema-values.ts';

const anyObject = z.looseObject({});

export const taskDocumentSchema = z
  .looseObject({ id: taskId, request: anyObject, response: anyObject })
  .partial()
  .meta({ description: 'the upstream’s document, byte for byte' });

/** `POST /flux/tasks`: one document, or several. */
export const tasksAnswerSchema = z.union([
  taskDocumentSchema,
  z.looseObject({ items: z.array(taskDocumentSchema), count }),
]);

export const generationAnswerSchema = anyObject;
