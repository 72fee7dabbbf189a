/**
 * A process that runs one command after the other, each by the entry point of the shipped program: what a command shares with the
 * one before are its loaded modules, which took most of the time of a command in a process of its own. See host-commands.ts.
 */
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { CommandDone, CommandRequest } from './host-commands.ts';

const IDLE_CHECK_MS = 2;

process.on('message', async (request: CommandRequest) => {
  const code = await runCommand(request);
  await Promise.all(streams.map((stream) => writeTo(stream, request.mark)));
  process.send?.({ code } satisfies CommandDone);
});
process.on('disconnect', () => process.exit());

const [, , main = ''] = process.argv;
// Made here, so that no command seems to have left them behind.
const streams = [process.stdout, process.stderr];
let runs = 0;

async function runCommand(request: CommandRequest): Promise<number> {
  const forgetListeners = [process, ...streams].map(rememberListeners);
  const resources = process.getActiveResourcesInfo().length;
  setUp(request);
  runs++;
  try {
    await import(`${pathToFileURL(main).href}?run=${runs}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  }
  // A process ends when nothing keeps it.
  while (process.getActiveResourcesInfo().length > resources)
    await new Promise((resolve) => setTimeout(resolve, IDLE_CHECK_MS).unref());
  for (const forget of forgetListeners) forget();
  process.chdir('/');
  return Number(process.exitCode ?? 0);
}

function setUp({ args, cwd, env, input }: CommandRequest): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.argv = [process.execPath, main, ...args];
  process.exitCode = undefined;
  const stdin = new PassThrough();
  stdin.end(input);
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
}

/** @returns a function that removes the listeners that were added since */
function rememberListeners(emitter: NodeJS.EventEmitter): () => void {
  const listAll = () =>
    emitter
      .eventNames()
      .flatMap((name) => emitter.rawListeners(name).map((listener) => ({ name, listener })));
  const before = new Set(listAll().map(({ listener }) => listener));
  return () => {
    for (const { name, listener } of listAll())
      if (!before.has(listener)) emitter.off(name, listener as () => void);
  };
}

function writeTo(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => void stream.write(text, () => resolve()));
}
