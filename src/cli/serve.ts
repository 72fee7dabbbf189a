/** `flux-mirror serve`. */
import { Command } from 'commander';
import { describePlace } from '../app/describe-place.ts';
import { systemClock } from '../lib/clock.ts';
import { FLUX } from '../service/flux.ts';
import { describeMissingToken } from './missing-token.ts';
import { print } from './output.ts';
import { addSettings, readConfig } from './settings.ts';
import { stopOnSignal } from './signals.ts';

export function createServeCommand(): Command {
  const command = new Command('serve')
    .summary('the server and the schedule')
    .description(
      `Starts the server and the schedule: answers POST ${FLUX.taskPath} from the local copy, and keeps tracked ids fresh.`,
    );
  return addSettings(command, 'server', 'upstream').action(async () => {
    const config = readConfig(command);
    const { createLog } = await import('../lib/log.ts');
    const log = createLog({ level: config.logLevel, format: config.logFormat });
    const { startMirror } = await import('../app/start-mirror.ts');
    const mirror = await startMirror(config, { clock: systemClock, log });
    const missing = describeMissingToken(config, 'nothing is synced, and callers bring their own token');
    if (missing !== undefined) print(missing);
    print(`flux-mirror listens on ${mirror.url} and keeps its data in ${await describePlace(config)}`);
    const auth = mirror.needsToken ? ' -H "authorization: Bearer $YOUR_TOKEN"' : '';
    print(`try:  curl${auth} '${mirror.url}/api/search?q=cat'`);
    await stopOnSignal(log, () => mirror.stop());
  });
}
