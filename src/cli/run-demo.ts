/** Runs the demo in the terminal: prints what to try. */
import { type RunningDemo, runWithDemo } from '../app/demo.ts';
import { FLUX } from '../service/flux.ts';
import { VENDOR_IDS } from '../simulator/samples.ts';
import { readLaunch } from './launch.ts';
import { print } from './output.ts';
import { stopOnSignal } from './signals.ts';

/** Runs until SIGINT or SIGTERM. @param port of the mirror, if one was given */
export async function runDemo(port: string | undefined): Promise<void> {
  await runWithDemo(port, async (demo) => {
    printIntroduction(demo);
    await demo.syncNow();
    await stopOnSignal(demo.log, demo.stop);
  });
}

function printIntroduction({ mirrorUrl, simulatorUrl, dataDir, tracked }: RunningDemo): void {
  print(`This is a demo. The upstream is SIMULATED on ${simulatorUrl}; the mirror of it is ${mirrorUrl}`);
  print(`${tracked} task ids are tracked; watch them being synced below, and try in another terminal:`);
  print('');
  print(`  curl -s ${mirrorUrl}${FLUX.taskPath} -d '{"action":"retrieve","id":"${VENDOR_IDS[0]}"}'`);
  print(`  curl -s '${mirrorUrl}/api/search?q=cat&limit=3'`);
  print(`  curl -s '${mirrorUrl}/api/search?q=%E7%8C%AB'`);
  print(
    `  curl -s ${mirrorUrl}${FLUX.generationPaths.images} -d '{"action":"generate","prompt":"a cat in a mirror","async":true}'`,
  );
  print(`  curl -s ${mirrorUrl}/api/stats`);
  print(`  ${readLaunch().command} search 'cat -portrait' --data-dir ${dataDir}`);
  print('');
  print('Ctrl-C stops the demo and deletes its temporary directory.');
}
