/** `flux-mirror mcp`: the tools of `/mcp` for a client that starts a program. */
import { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { tryParseUrl } from '../lib/parse-url.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { addSettings, readConfig } from './settings.ts';

export function createMcpCommand(): Command {
  const command = new Command('mcp')
    .summary('tools for agents, on the standard streams')
    .description(
      'Serves the Model Context Protocol on standard input and output: search, tasks, pictures and statistics of the mirror in the ' +
        'data directory, which a running server may use as well; or of a mirror elsewhere, by --url. The token of that mirror is ' +
        'read from FLUX_MIRROR_ACCESS_TOKEN. Of a mirror elsewhere, FLUX_MIRROR_MCP_WRITE=true offers tools that track and sync.',
    )
    .option('--url <url>', 'the address of a running mirror, such as http://127.0.0.1:8787');
  return addSettings(command).action(async ({ url }: { url?: string }) => {
    const config = readConfig(command);
    if (url !== undefined && !isHttpUrl(url))
      throw new CommandFailed(`--url is not an http or https address: ${url}`, EXIT.usage);
    const { createLog } = await import('../lib/log.ts');
    const log = createLog({ level: config.logLevel, format: config.logFormat });
    const onError = (error: unknown) => log.error({ err: error }, 'an MCP request failed');
    const { serveMcpOnStdio } = await import('../mcp/stdio.ts');
    if (url !== undefined) {
      const { openRemoteMirror } = await import('../mcp/remote-mirror.ts');
      const ending = new AbortController();
      const { signal } = ending;
      const remote = { url, token: config.accessToken, mayChange: config.mcpWrite, fetch, signal };
      // What nobody waits for any more must not keep the process alive.
      return serveMcpOnStdio(openRemoteMirror(remote), onError).finally(() => ending.abort());
    }
    const { openLocalMirror } = await import('../app/open-local-mirror.ts');
    const { mirror, close } = await openLocalMirror(config, { clock: systemClock, log });
    try {
      await serveMcpOnStdio(mirror, onError);
    } finally {
      await close();
    }
  });
}

function isHttpUrl(text: string): boolean {
  return /^https?:$/.test(tryParseUrl(text)?.protocol ?? '');
}
