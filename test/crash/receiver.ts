/** Takes what webhooks are told, outside of the mirrors that are killed, and sometimes refuses. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface CrashReceiver {
  readonly url: string;
  /** `word id` of each message that was taken. */
  readonly told: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** @param random uniform in [0, 1) */
export async function startCrashReceiver(random: () => number): Promise<CrashReceiver> {
  const told = new Set<string>();
  const server = createServer(async (request, response) => {
    const { data } = JSON.parse(await text(request)) as {
      data: { saved_search: { name: string }; task: { id: string } };
    };
    const isTaken = random() < 0.9;
    if (isTaken) told.add(`${data.saved_search.name} ${data.task.id}`);
    response.writeHead(isTaken ? 204 : 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    told,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
