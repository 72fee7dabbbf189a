import { test } from 'vitest';
import { openTestStore } from '../helpers/test-mirror.ts';
import { checkAgainstOracle, ORACLE_QUERIES } from './check-against-oracle.ts';

test(`${ORACLE_QUERIES} generated queries find exactly what a scan of all prompts finds, in the same order`, async () => {
  await checkAgainstOracle(await openTestStore());
}, 1_800_000);
