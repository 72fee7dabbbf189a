import { beforeEach } from 'vitest';
import { createTestDatabase, openPostgresTestStore } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { describeCloseMatches } from '../../search/describe-close.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

describeCloseMatches(async () => openPostgresTestStore(await createTestDatabase()));
