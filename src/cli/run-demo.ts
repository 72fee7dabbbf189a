/** Runs the demo in the terminal: prints what to try. */
import { DEFAULT_PORT, type DemoOptions, type RunningDemo, runWithDemo } from '../app/demo.ts';
import { FLUX } from '../service/flux.ts';
import { VENDOR_IDS } from '../simulator/samples.ts';
import { readLaunch } from './launch.ts';
import { print } from './output.ts';
import { stopOnSignal } from './signals.ts';

/** Runs until SIGINT or SIGTERM. */
export async function runDemo(options: DemoOptions): Promise<void> {
  await runWithDemo(options, async (demo) => {
    print(`Gallery: ${demo.mirrorUrl}`);
    print(
      `This is a demo. The upstream is SIMULATED on ${demo.simulatorUrl}, and so is every task and image.`,
    );
    await demo.syncNow();
    printCommands(demo, options);
    // What follows would scroll the commands away: the demo syncs every few seconds.
    if (options.logLevel === undefined) demo.log.level = 'warn';
    await stopOnSignal(demo.log, demo.stop);
  });
}

function printCommands({ mirrorUrl, dataDir, tracked }: RunningDemo, { port }: DemoOptions): void {
  if (port === undefined && new URL(mirrorUrl).port !== DEFAULT_PORT)
    print(`Port ${DEFAULT_PORT} is taken, so that this demo has another one: ${mirrorUrl}`);
  print(`${tracked} task ids are tracked, and new ones appear every 10 seconds. Try in another terminal:`);
  print('');
  print(`  curl -s ${mirrorUrl}${FLUX.taskPath} -d '{"action":"retrieve","id":"${VENDOR_IDS[0]}"}'`);
  print(`  curl -s '${mirrorUrl}/api/search?q=cat&limit=3'`);
  print(`  curl -s '${mirrorUrl}/api/search?q=%E7%8C%AB'`);
  print(
    `  curl -s ${mirrorUrl}${FLUX.generationPaths.images} -d '{"action":"generate","prompt":"a cat in a mirror","async":true}'`,
  );
  print(`  curl -s '${mirrorUrl}/api/search?q=is:starred+tag:poster&limit=3'`);
  print(`  curl -s ${mirrorUrl}/api/stats`);
  print(`  ${readLaunch().command} search 'cat -portrait' --data-dir ${dataDir}`);
  print(`  ${readLaunch().command} collection show 'posters for the fair' --data-dir ${dataDir}`);
  print('');
  print('Ctrl-C stops the demo and deletes its temporary directory; --log-level info shows what it does.');
}
