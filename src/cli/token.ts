/** `flux-mirror token`: named tokens for callers, stored as hashes. */
import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { computeDigest, TOKEN_PREFIX } from '../lib/access-token.ts';
import { systemClock } from '../lib/clock.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import type { AccessToken } from '../store/contract/access.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { print, printJson, printNote } from './output.ts';
import { addSettings, readConfig } from './settings.ts';

const TOKEN_BYTES = 32;
const NAME = /^[\w.-]{1,64}$/;

interface NewOptions {
  name?: string;
  userId?: string[];
  applicationId?: string[];
  readOnly?: boolean;
  json?: boolean;
}

export function createTokenCommand(): Command {
  return new Command('token')
    .summary('tokens for callers: new, list, revoke')
    .description(
      'Named tokens for callers, stored as hashes. Once one exists, every caller needs one; a running server picks up changes within a second.',
    )
    .addCommand(createNewCommand())
    .addCommand(createListCommand())
    .addCommand(createRevokeCommand());
}

function createNewCommand(): Command {
  const command = new Command('new')
    .summary('create a token; it is shown once')
    .description('Creates a token and prints it once: only its hash is stored.')
    .option('--name <name>', 'its name in lists and logs (default: token-1, token-2 …)')
    .option('--user-id <id...>', 'only the tasks of these users, on every route')
    .option('--application-id <id...>', 'only the tasks of these applications, on every route')
    .option('--read-only', 'may look and search, but not generate, delete, track or sync')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (options: NewOptions) => {
    for (const id of [...(options.userId ?? []), ...(options.applicationId ?? [])])
      if (id.trim() === '') throw new CommandFailed('an id to limit a token to is empty', EXIT.usage);
    const limits = { userIds: options.userId ?? [], applicationIds: options.applicationId ?? [] };
    const isLimited = limits.userIds.length + limits.applicationIds.length > 0;
    const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const name = await runWithStore(readConfig(command), 'writer', async (store) => {
      const chosen = options.name ?? findFreeName(await store.accessTokens());
      if (!NAME.test(chosen))
        throw new CommandFailed('a name has 1 to 64 letters, digits, ".", "_" or "-"', EXIT.usage);
      const isNew = await store.addAccessToken({
        name: chosen,
        hash: computeDigest(token).toString('hex'),
        limits: isLimited ? limits : undefined,
        isReadOnly: options.readOnly === true,
        createdAtMs: systemClock.now(),
        revokedAtMs: undefined,
      });
      if (!isNew) throw new CommandFailed(`token "${chosen}" already exists; names are never reused`);
      return chosen;
    });
    if (options.json) {
      printJson({ name, token });
      return;
    }
    print(token);
    printNote(`this is "${name}"; it is not shown again. Send it as "authorization: Bearer …"`);
  });
}

/** `token-1`, `token-2` … */
function findFreeName(tokens: readonly AccessToken[]): string {
  const taken = new Set(tokens.map(({ name }) => name));
  let number = 1;
  while (taken.has(`token-${number}`)) number += 1;
  return `token-${number}`;
}

function createListCommand(): Command {
  const command = new Command('list')
    .summary('list the tokens')
    .description('Lists tokens with their limits, never the tokens themselves.')
    .option('--json', 'print it as JSON');
  return addSettings(command).action(async (options: { json?: boolean }) => {
    const tokens = await runWithStore(readConfig(command), 'reader', async (store) => store.accessTokens());
    if (options.json) printJson({ items: tokens.map(serializeToken) });
    else for (const token of tokens) print(describeToken(token));
    if (tokens.length === 0) printNote('no tokens; FLUX_MIRROR_TOKENS may define others');
  });
}

function serializeToken({ name, limits, isReadOnly, createdAtMs, revokedAtMs }: AccessToken) {
  return {
    name,
    user_ids: limits?.userIds ?? [],
    application_ids: limits?.applicationIds ?? [],
    read_only: isReadOnly,
    created_at: formatIsoTime(createdAtMs),
    revoked_at: formatIsoTime(revokedAtMs),
  };
}

function describeToken(token: AccessToken): string {
  const { name, user_ids, application_ids, read_only, created_at, revoked_at } = serializeToken(token);
  return [
    name,
    `created ${created_at}`,
    ...(revoked_at === null ? [] : [`revoked ${revoked_at}`]),
    read_only ? 'read-only' : 'read-write',
    ...(user_ids.length > 0 ? [`users ${user_ids.join(', ')}`] : []),
    ...(application_ids.length > 0 ? [`applications ${application_ids.join(', ')}`] : []),
  ].join('  ');
}

function createRevokeCommand(): Command {
  const command = new Command('revoke')
    .summary('revoke a token')
    .description('Revokes a token. Callers still need a token, even after the last one was revoked.')
    .argument('<name>', 'its name, as `token list` shows it');
  return addSettings(command).action(async (name: string) => {
    const isRevoked = await runWithStore(readConfig(command), 'writer', async (store) =>
      store.revokeAccessToken(name, systemClock.now()),
    );
    if (!isRevoked) throw new CommandFailed(`no valid token "${name}"`);
    print(`"${name}" is revoked`);
  });
}
