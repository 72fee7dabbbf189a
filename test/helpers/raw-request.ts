/** Requests with headers that fetch does not let through: `host`, `sec-fetch-mode` … */
import { request } from 'node:http';
import type { TestMirror } from './test-mirror.ts';

export function sendRaw(
  here: TestMirror,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request(`${here.mirror.url}${path}`, { method, headers });
    sent.once('error', reject);
    sent.once('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({ status: response.statusCode, body: text });
    });
    sent.end(body);
  });
}
