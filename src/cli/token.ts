/** `flux-mirror token`: named tokens for callers, stored as hashes. */
import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { computeDigest, TOKEN_PREFIX } from '../lib/access-token.ts';
import { systemClock } from '../lib/clock.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import type { AccessToken } from '../store/contract/access.ts';
import { parseExpiry } from './expiry.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { print, printJson, printNote } from './output.ts';
import { addSettings, readConfig } from './settings.ts';
import { confirmClosing, createOpenMirrorCommand } from './token-requirement.ts';

const TOKEN_BYTES = 32;
const NAME = /^[\w.-]{1,64}$/;

interface NewOptions {
  name?: string;
  expires?: string;
  yes?: boolean;
  userId?: string[];
  applicationId?: string[];
  readOnly?: boolean;
  json?: boolean;
}

export function createTokenCommand(): Command {
  return new Command('token')
    .summary('tokens for callers: new, list, revoke, open')
    .description(
      'Named tokens for callers, stored as hashes. Once one exists, every caller needs one, until `token open`; a running server picks up changes within a second.',
    )
    .addCommand(createNewCommand())
    .addCommand(createListCommand())
    .addCommand(createRevokeCommand())
    .addCommand(createOpenMirrorCommand());
}

function createNewCommand(): Command {
  const command = new Command('new')
    .summary('create a token; it is shown once')
    .description(
      'Creates a token and prints it once: only its hash is stored. The first one closes the mirror to callers without a token, and asks on a terminal.',
    )
    .argument('[name]', 'its name in lists and logs (default: token-1, token-2 …)')
    .option('--name <name>', 'the same')
    .option('--expires <when>', 'a duration such as 30d, a date such as 2027-01-01 (UTC), or a time')
    .option('--user-id <id...>', 'only the tasks of these users, on every route')
    .option('--application-id <id...>', 'only the tasks of these applications, on every route')
    .option('--read-only', 'may look and search, but not generate, delete, track or sync')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (named: string | undefined, options: NewOptions) => {
    if (named !== undefined && options.name !== undefined)
      throw new CommandFailed('name the token once: as the argument, or with --name', EXIT.usage);
    for (const id of [...(options.userId ?? []), ...(options.applicationId ?? [])])
      if (id.trim() === '') throw new CommandFailed('an id to limit a token to is empty', EXIT.usage);
    const limits = { userIds: options.userId ?? [], applicationIds: options.applicationId ?? [] };
    const isLimited = limits.userIds.length + limits.applicationIds.length > 0;
    const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    const createdAtMs = systemClock.now();
    const expiresAtMs = options.expires === undefined ? undefined : parseExpiry(options.expires, createdAtMs);
    const config = readConfig(command);
    const name = await runWithStore(config, 'writer', async (store) => {
      const chosen = named ?? options.name ?? findFreeName(await store.accessTokens());
      if (!NAME.test(chosen))
        throw new CommandFailed('a name has 1 to 64 letters, digits, ".", "_" or "-"', EXIT.usage);
      if (config.tokens.length === 0 && !(await store.requiresToken()))
        await confirmClosing(options.yes === true);
      const isNew = await store.addAccessToken({
        name: chosen,
        hash: computeDigest(token).toString('hex'),
        limits: isLimited ? limits : undefined,
        isReadOnly: options.readOnly === true,
        createdAtMs,
        revokedAtMs: undefined,
        expiresAtMs,
      });
      if (!isNew) throw new CommandFailed(`token "${chosen}" already exists; names are never reused`);
      return chosen;
    });
    if (options.json) {
      printJson({ name, token, expires_at: formatIsoTime(expiresAtMs) });
      return;
    }
    print(token);
    const expiry = expiresAtMs === undefined ? '' : `, expires ${formatIsoTime(expiresAtMs)}`;
    printNote(
      `this is "${name}"${expiry}; it is not shown again. Send it as "authorization: Bearer …"; a running server accepts it within a second`,
    );
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
    const { tokens, needsToken } = await runWithStore(readConfig(command), 'reader', async (store) => ({
      tokens: await store.accessTokens(),
      needsToken: await store.requiresToken(),
    }));
    if (options.json) printJson({ items: tokens.map(serializeToken), needs_token: needsToken });
    else for (const token of tokens) print(describeToken(token));
    if (tokens.length === 0) printNote('no tokens; FLUX_MIRROR_TOKENS may define others');
    else if (!needsToken) printNote('callers need no token: the mirror was opened with `token open`');
  });
}

function serializeToken(token: AccessToken) {
  const { name, limits, isReadOnly, createdAtMs, revokedAtMs, expiresAtMs, lastUsedAtMs } = token;
  return {
    name,
    user_ids: limits?.userIds ?? [],
    application_ids: limits?.applicationIds ?? [],
    read_only: isReadOnly,
    created_at: formatIsoTime(createdAtMs),
    revoked_at: formatIsoTime(revokedAtMs),
    expires_at: formatIsoTime(expiresAtMs),
    is_expired: expiresAtMs !== undefined && systemClock.now() >= expiresAtMs,
    last_used_at: formatIsoTime(lastUsedAtMs),
  };
}

function describeToken(token: AccessToken): string {
  const { name, user_ids, application_ids, read_only, ...times } = serializeToken(token);
  const expiry = times.is_expired ? 'expired' : 'expires';
  return [
    name,
    `created ${times.created_at}`,
    ...(times.revoked_at === null ? [] : [`revoked ${times.revoked_at}`]),
    ...(times.expires_at === null ? [] : [`${expiry} ${times.expires_at}`]),
    times.last_used_at === null ? 'not used yet' : `last used ${times.last_used_at}`,
    read_only ? 'read-only' : 'read-write',
    ...(user_ids.length > 0 ? [`users ${user_ids.join(', ')}`] : []),
    ...(application_ids.length > 0 ? [`applications ${application_ids.join(', ')}`] : []),
  ].join('  ');
}

function createRevokeCommand(): Command {
  const command = new Command('revoke')
    .summary('revoke a token')
    .description(
      'Revokes a token. Callers still need a token, even after the last one was revoked, until `token open`.',
    )
    .argument('<name>', 'its name, as `token list` shows it');
  return addSettings(command).action(async (name: string) => {
    const isRevoked = await runWithStore(readConfig(command), 'writer', async (store) =>
      store.revokeAccessToken(name, systemClock.now()),
    );
    if (!isRevoked) throw new CommandFailed(`no valid token "${name}"`);
    print(`"${name}" is revoked`);
  });
}
