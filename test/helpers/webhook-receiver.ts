/** Somebody who is told by webhooks, and checks each message with the published library of Standard Webhooks. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';

export interface ReceivedMessage {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly value: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Record<string, unknown> & { readonly task?: { readonly id: string } };
  };
}

export interface WebhookReceiver {
  readonly url: string;
  /** `127.0.0.1:port`, as the setting of allowed hosts takes it. */
  readonly host: string;
  readonly messages: ReceivedMessage[];
  /** What it answers from now on; at first 204. */
  answer(how: number | ((response: ServerResponse) => void)): void;
}

export async function startReceiver(): Promise<WebhookReceiver> {
  const messages: ReceivedMessage[] = [];
  let respond: (response: ServerResponse) => void = (response) => void response.writeHead(204).end();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const value = JSON.parse(body) as ReceivedMessage['value'];
    messages.push({ id: headers['webhook-id'] ?? '', headers, body, value });
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/hook?x=1`,
    messages,
    answer: (how) => {
      respond = typeof how === 'number' ? (response) => void response.writeHead(how).end() : how;
    },
  };
}

/** @throws unless the message is signed with the secret, at about this time of this machine */
export function verifyMessage(secret: string, { body, headers }: ReceivedMessage): unknown {
  return new Webhook(secret).verify(body, headers);
}
