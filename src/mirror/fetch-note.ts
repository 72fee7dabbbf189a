/** What a server leaves for those that wait for the same id, where it has nothing to store, as text. */
import * as z from 'zod';
import { tryParseJson } from '../lib/parse-json.ts';
import type { UpstreamAnswer } from '../upstream/errors.ts';
import { MAX_ANSWER_BYTES } from './unknown-ids.ts';

export type FetchNote =
  | {
      readonly kind: 'unknown';
      /** Undefined when the id was missing from a batch response. */
      readonly answer: UpstreamAnswer | undefined;
    }
  /** Whoever waits has to ask by itself. */
  | { readonly kind: 'failed' };

export const FAILED: FetchNote = { kind: 'failed' };

const answerSchema = z.object({
  status: z.int(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.base64(),
});
const noteSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unknown'), answer: answerSchema.optional() }),
  z.object({ kind: z.literal('failed') }),
]);

/** A response that is too long to be left for others counts as failed. */
export function formatNote(note: FetchNote): string {
  if (note.kind === 'failed') return JSON.stringify(note);
  const { kind, answer } = note;
  if (answer === undefined) return JSON.stringify({ kind });
  if (answer.body.byteLength > MAX_ANSWER_BYTES) return formatNote(FAILED);
  const { status, headers, body } = answer;
  return JSON.stringify({
    kind,
    answer: { status, headers: [...headers], body: Buffer.from(body).toString('base64') },
  });
}

/** The note of a server of another version may not be understood: it counts as failed. */
export function parseNote(text: string): FetchNote {
  const { data } = noteSchema.safeParse(tryParseJson(text));
  if (data?.kind !== 'unknown') return FAILED;
  const { kind, answer } = data;
  return { kind, answer: answer && parseAnswer(answer) };
}

function parseAnswer({ status, headers, body }: z.output<typeof answerSchema>): UpstreamAnswer {
  return { status, headers: new Headers(headers), body: Buffer.from(body, 'base64') };
}
