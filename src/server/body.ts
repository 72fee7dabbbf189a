/** Reading a request's body: capped, as JSON. */
import { ApiError, badRequest } from '../api-error.ts';
import { isObject, type JsonObject } from '../task/json-object.ts';
import { requestHeader, type ServerContext } from './parts.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * The body as text, and as the JSON object that it must be. The content type does not matter: `curl -d` sends a form's.
 * @throws ApiError 413 beyond 1 MiB, 400 when it is not a JSON object
 */
export async function readJsonBody(c: ServerContext): Promise<{ text: string; value: JsonObject }> {
  const text = await readBody(c);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ApiError(400, 'bad_request', 'the body is not JSON', { cause });
  }
  if (!isObject(value)) throw badRequest('the body must be a JSON object');
  return { text, value };
}

async function readBody(c: ServerContext): Promise<string> {
  const length = requestHeader(c, 'content-length');
  if (length !== undefined) {
    if (Number(length) > MAX_BODY_BYTES) throw tooLarge();
    return c.req.text(); // node-server's short way
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of c.env.incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): ApiError {
  return new ApiError(413, 'bad_request', `the body is larger than ${MAX_BODY_BYTES} bytes`);
}
