/** Reads bodies that are the fields of a form, or a JSON object with the same members. */
import { ApiError, createBadRequest } from '../lib/api-error.ts';
import { parseJsonObject, readBody } from './body.ts';
import type { ServerContext } from './deps.ts';

export interface FormBody {
  /** An array in JSON is a field that is repeated. */
  readonly fields: URLSearchParams;
  /** Sent by a form, whose sender is a page that expects another one. */
  readonly isForm: boolean;
}

const MAX_FIELDS = 20_000;

/**
 * @throws ApiError 413 beyond 1 MiB, 415 for an encoding or a kind of form that can't be read, 400 when it is neither a form nor a JSON
 *   object of texts, numbers and arrays of them
 */
export async function readFormBody(c: ServerContext): Promise<FormBody> {
  if (/^multipart\//i.test(c.req.header('content-type') ?? ''))
    throw new ApiError(415, 'bad_request', 'a form must be sent as application/x-www-form-urlencoded');
  const text = await readBody(c.env.incoming);
  // `curl -d` says that JSON is a form.
  const isForm = isFormRequest(c) && !/^\uFEFF?\s*\{/.test(text);
  if (!isForm) return { fields: convertToFields(parseJsonObject(text)), isForm };
  if (text.split('&', MAX_FIELDS + 1).length > MAX_FIELDS)
    throw createBadRequest(`the form has more than ${MAX_FIELDS} fields`);
  return { fields: new URLSearchParams(text), isForm };
}

/** Whether a form says that it sends a request. */
export function isFormRequest(c: ServerContext): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '');
}

/** The members of a JSON object as fields of a form. @throws ApiError 400 for one that is no text, number or array of them */
export function convertToFields(body: Readonly<Record<string, unknown>>): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (item === null) continue;
      if (typeof item !== 'string' && typeof item !== 'number' && typeof item !== 'boolean')
        throw createBadRequest(`${JSON.stringify(name.slice(0, MAX_SHOWN_NAME))} must be a text or a number`);
      fields.append(name, String(item));
    }
  }
  return fields;
}

/** Of a name in an error message. */
const MAX_SHOWN_NAME = 64;
