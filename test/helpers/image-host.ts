/** A host of images on loopback, that answers as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type ImageAnswer = (response: ServerResponse, request: IncomingMessage) => void;

export interface ImageHost {
  /** `127.0.0.1:port`, as the setting of allowed hosts takes it. */
  readonly host: string;
  readonly url: string;
  /** Every path that was asked for. */
  readonly paths: string[];
  /** What a path answers; anything else is 404. */
  serve(path: string, answer: ImageAnswer | Uint8Array): void;
  /** What every path answers, before what it answers by itself; undefined ends it. */
  serveAll(answer: ImageAnswer | undefined): void;
}

export async function imageHost(): Promise<ImageHost> {
  const answers = new Map<string, ImageAnswer>();
  const paths: string[] = [];
  let forAll: ImageAnswer | undefined;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    paths.push(path);
    const answer = forAll ?? answers.get(path);
    if (answer) answer(response, request);
    else response.writeHead(404).end('gone');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    paths,
    serveAll: (answer) => {
      forAll = answer;
    },
    serve: (path, answer) => {
      const bytes = answer instanceof Uint8Array ? answer : undefined;
      // The header lies on purpose: what an image is, its content says.
      answers.set(
        path,
        bytes
          ? (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end(bytes)
          : (answer as ImageAnswer),
      );
    },
  };
}
