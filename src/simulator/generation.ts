/** The generation routes of the simulated upstream: synchronous, asynchronous with a callback, or as NDJSON. */
import type { ServerResponse } from 'node:http';
import type { Account, AccountTask, NewTask } from './account.ts';
import { createErrorAnswer, createGenerationAnswer, type SimulatedAnswer, sendAnswer } from './answers.ts';

type Body = Readonly<Record<string, unknown>>;
type Kind = NonNullable<NewTask['kind']>;
type Headers = Readonly<Record<string, string>>;

export interface Generation {
  answer(kind: Kind, body: Body, accept: string, response: ServerResponse, headers: Headers): Promise<void>;
  /** Posts to every `callback_url` whose task is finished. */
  deliverDue(): Promise<void>;
}

/** How often a synchronous generation is checked for completion. */
const POLL_INTERVAL_MS = 20;

export function createGeneration(account: Account): Generation {
  const callbacks = new Map<AccountTask, string>();

  return {
    answer: async (kind, body, accept, response, headers) => {
      const send = (answer: SimulatedAnswer) => sendAnswer(response, { ...answer, headers });
      if (needsPrompt(kind, body) && (typeof body.prompt !== 'string' || body.prompt === '')) {
        send(createErrorAnswer(400, 'bad_request', 'prompt is required'));
        return;
      }
      const task = account.add({
        kind,
        prompt: typeof body.prompt === 'string' ? body.prompt : '',
        ...(kind === 'videos' ? { request: body } : {}),
        action: typeof body.action === 'string' ? body.action : 'generate',
        ...(typeof body.model === 'string' ? { model: body.model } : {}),
        ...(typeof body.size === 'string' ? { size: body.size } : {}),
        ...(typeof body.count === 'number' ? { count: body.count } : {}),
        ...(typeof body.image_url === 'string' ? { imageUrl: body.image_url } : {}),
        ...(typeof body.callback_url === 'string' ? { callbackUrl: body.callback_url } : {}),
      });
      if (typeof body.callback_url === 'string') callbacks.set(task, body.callback_url);
      if (body.async === true || typeof body.callback_url === 'string') {
        send({
          status: 200,
          body: JSON.stringify({ task_id: task.id, trace_id: task.databaseId }),
        });
      } else if (accept.includes('application/x-ndjson')) {
        response.writeHead(200, { 'content-type': 'application/x-ndjson', ...headers });
        response.write(`${JSON.stringify({ progress: 0 })}\n`);
        response.write(`${JSON.stringify({ task_id: task.id, progress: 10 })}\n`);
        await waitUntilFinished(task, response);
        response.end(`${createGenerationAnswer(task).body}\n`);
      } else {
        await waitUntilFinished(task, response);
        send(createGenerationAnswer(task));
      }
    },
    deliverDue: async () => {
      for (const [task, url] of callbacks) {
        if (!task.isFinished()) continue;
        callbacks.delete(task);
        const { body } = createGenerationAnswer(task);
        const headers = { 'content-type': 'application/json' };
        // The receiver may be gone; like the upstream, ignore that.
        await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
      }
    },
  };
}

async function waitUntilFinished(task: AccountTask, response: ServerResponse): Promise<void> {
  while (!task.isFinished() && !response.destroyed)
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
}

/** Upscaling and enhancing a draft need no prompt. */
function needsPrompt(kind: Kind, { action, mode }: Body): boolean {
  return kind === 'images' || (action !== 'upscale' && mode !== 'draft_enhance');
}
