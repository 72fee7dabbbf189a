/** An S3 server that others wrote, in this process. It checks neither the hash of what it is sent nor conditions. */
import S3rver from 's3rver';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './test-mirror.ts';

export const S3RVER_KEY = 'S3RVER';

/** @returns its address */
export async function startS3rver(bucket: string): Promise<string> {
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory: temporaryDirectory() },
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  onTestFinished(() => {
    server.httpServer.closeAllConnections();
    return server.close();
  });
  return `http://127.0.0.1:${port}`;
}
