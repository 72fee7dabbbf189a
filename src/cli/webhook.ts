/** `flux-mirror webhook`: addresses that are told of finished tasks or of the mirror's health, and what they were told. */
import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { runWithStore } from '../app/with-store.ts';
import { systemClock } from '../lib/clock.ts';
import { formatIsoTime } from '../lib/iso-time.ts';
import { createWebhookSecret } from '../lib/standard-webhooks.ts';
import { parseTargetUrl } from '../lib/target-url.ts';
import type { Store } from '../store/contract/store.ts';
import {
  type DeliveryCursor,
  MAX_TEST_MESSAGES,
  MAX_WEBHOOKS,
  type Webhook,
  type WebhookDelivery,
} from '../store/contract/webhooks.ts';
import {
  parseDeliveryCursor,
  serializeDeliveries,
  serializeDelivery,
  serializeWebhook,
} from '../views/webhook-json.ts';
import type { DeliveryView, WebhookView } from '../views/webhook-schema.ts';
import { CommandFailed, EXIT } from './failure.ts';
import { findSaved } from './find-saved.ts';
import { pluralize, print, printJson, printNote } from './output.ts';
import { createUsageError, parseLimit } from './query-options.ts';
import { addSettings, readConfig } from './settings.ts';

const EXAMPLES = `
Examples:
  flux-mirror webhook add https://example.com/hook --search lighthouses
  flux-mirror webhook add https://example.com/alarm --health
  flux-mirror webhook deliveries 5bc8
  flux-mirror webhook repeat 5bc8 msg_eSYP…`;

const ID = 'the beginning of its id, as `webhook list` shows it';

export function createWebhookCommand(): Command {
  return new Command('webhook')
    .summary('have addresses told of finished tasks: add, list, test, deliveries, repeat, remove')
    .description(
      'Addresses that are told of each task that a saved search matches when it finishes, or of the health of the mirror, while `serve` runs. Messages are signed by Standard Webhooks.',
    )
    .addCommand(createListCommand(), { isDefault: true })
    .addCommand(createAddCommand())
    .addCommand(createTestCommand())
    .addCommand(createDeliveriesCommand())
    .addCommand(createRepeatCommand())
    .addCommand(createRemoveCommand())
    .addHelpText('after', EXAMPLES);
}

interface JsonOption {
  readonly json?: boolean;
}

function createListCommand(): Command {
  const command = new Command('list')
    .summary('list the webhooks')
    .description('Lists the webhooks; with --json also their secrets.')
    .option('--json', 'print it as JSON');
  return addSettings(command).action(async ({ json }: JsonOption) => {
    const items = await runWithStore(readConfig(command), 'reader', async (store) => {
      const views: WebhookView[] = [];
      for (const webhook of await store.webhooks()) views.push(await describeWebhook(store, webhook));
      return views;
    });
    if (json) printJson({ items });
    else for (const item of items) print([item.id, describeSubject(item), item.url].join('\t'));
    if (items.length === 0) printNote('no webhooks; "flux-mirror webhook add URL --search NAME" adds one');
  });
}

function createAddCommand(): Command {
  const command = new Command('add')
    .summary('add a webhook, and print its secret')
    .description(
      'Has an address told of each task that a saved search matches exactly when it finishes, from now on, or of the first failure, recovery, and failed backups. Prints the secret that signs the messages.',
    )
    .argument(
      '<url>',
      'http or https; a private address only if FLUX_MIRROR_IMAGE_ALLOW_HOSTS names its host',
    )
    .option('--search <name>', 'the saved search whose hits it is told of')
    .option('--health', 'it is told of the health of the mirror')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(
    async (
      address: string,
      { search, health = false, json }: JsonOption & { search?: string; health?: boolean },
    ) => {
      if (health === (search !== undefined))
        throw new CommandFailed('say by --search or by --health what it is told of', EXIT.usage);
      const target = parseTargetUrl(address);
      if ('problem' in target) throw new CommandFailed(`${address}: ${target.problem}`, EXIT.usage);
      const { url } = target;
      const view = await runWithStore(readConfig(command), 'writer', async (store) => {
        const savedSearchId = search === undefined ? undefined : (await findSaved(store, search)).id;
        const wanted = { id: randomUUID(), url, secret: createWebhookSecret(), savedSearchId };
        const outcome = await store.addWebhook({ ...wanted, nowMs: systemClock.now() });
        if (outcome.kind === 'full')
          throw new CommandFailed(`there are ${MAX_WEBHOOKS} webhooks of this kind: remove some`);
        if (outcome.kind !== 'changed') throw new CommandFailed('the saved search was removed meanwhile');
        return describeWebhook(store, outcome.webhook);
      });
      if (json) {
        printJson(view);
        return;
      }
      print(view.secret ?? '');
      printNote(
        `this secret signs what webhook ${view.id} is told; "flux-mirror webhook test ${view.id}" tries it`,
      );
    },
  );
}

function createTestCommand(): Command {
  const command = new Command('test')
    .summary('send a message that says nothing')
    .description('Queues a message that says nothing; a running server sends it within a second.')
    .argument('<webhook>', ID)
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (given: string, { json }: JsonOption) => {
    const outcome = await runWithStore(readConfig(command), 'writer', async (store) =>
      store.addTestMessage((await findWebhook(store, given)).id, systemClock.now()),
    );
    if (outcome.kind === 'limited')
      throw new CommandFailed(
        `it got ${MAX_TEST_MESSAGES} test messages within an hour; try again after ${formatIsoTime(outcome.untilMs)}`,
      );
    if (outcome.kind === 'unknown') throw new CommandFailed('the webhook was removed meanwhile');
    reportQueued(outcome.delivery, json);
  });
}

function createDeliveriesCommand(): Command {
  const command = new Command('deliveries')
    .summary('what a webhook was told, or is to be told')
    .description('Lists what a webhook was told in the last 30 days, or is to be told, the newest first.')
    .argument('<webhook>', ID)
    .option('--limit <n>', 'how many to show', parseLimit, 20)
    .option('--cursor <cursor>', 'where to go on, as the list before has said it')
    .option('--json', 'print it as JSON');
  return addSettings(command).action(
    async (given: string, { limit, cursor, json }: JsonOption & { limit: number; cursor?: string }) => {
      const after = readCursor(cursor);
      const page = await runWithStore(readConfig(command), 'reader', async (store) => {
        const { id } = await findWebhook(store, given);
        return serializeDeliveries(await store.deliveries(id, limit + 1, after), limit);
      });
      if (json) {
        printJson(page);
        return;
      }
      for (const item of page.items) print(describeDelivery(item).join('\t'));
      if (page.items.length === 0) printNote('nothing yet');
      if (page.next_cursor !== null) printNote(`for those before them: --cursor ${page.next_cursor}`);
    },
  );
}

function createRepeatCommand(): Command {
  const command = new Command('repeat')
    .summary('send a message again')
    .description('Queues a message again, under the same id; a running server sends it within a second.')
    .argument('<webhook>', ID)
    .argument('<delivery>', 'its id, as `webhook deliveries` shows it')
    .option('--json', 'print the result as JSON');
  return addSettings(command).action(async (given: string, deliveryId: string, { json }: JsonOption) => {
    const delivery = await runWithStore(readConfig(command), 'writer', async (store) =>
      store.repeatDelivery((await findWebhook(store, given)).id, deliveryId, systemClock.now()),
    );
    if (!delivery) throw new CommandFailed(`there is no delivery ${deliveryId}`);
    reportQueued(delivery, json);
  });
}

function createRemoveCommand(): Command {
  const command = new Command('remove')
    .summary('remove a webhook')
    .description('Removes a webhook, and what it would still have been told.')
    .argument('<webhook>', ID);
  return addSettings(command).action(async (given: string) => {
    const { id } = await runWithStore(readConfig(command), 'writer', async (store) => {
      const webhook = await findWebhook(store, given);
      await store.removeWebhook(webhook.id);
      return webhook;
    });
    print(`${id} is removed`);
  });
}

/** @throws CommandFailed if it is none */
function readCursor(text: string | undefined): DeliveryCursor | undefined {
  if (text === undefined) return undefined;
  const cursor = parseDeliveryCursor(text);
  if (!cursor) throw createUsageError('--cursor', text, 'what the list before has said');
  return cursor;
}

/** @throws CommandFailed if there is none, or several */
async function findWebhook(store: Pick<Store, 'webhooks'>, given: string): Promise<Webhook> {
  const found = (await store.webhooks()).filter(({ id }) => id.startsWith(given.toLowerCase()));
  const [webhook] = found;
  if (!webhook || given === '') throw new CommandFailed(`there is no webhook ${JSON.stringify(given)}`);
  if (found.length > 1)
    throw new CommandFailed(`${JSON.stringify(given)} fits ${found.map(({ id }) => id).join(', ')}`);
  return webhook;
}

async function describeWebhook(store: Pick<Store, 'savedSearch'>, webhook: Webhook): Promise<WebhookView> {
  const { savedSearchId } = webhook;
  const saved = savedSearchId === undefined ? undefined : await store.savedSearch(savedSearchId);
  return serializeWebhook(webhook, saved, true);
}

function describeSubject({ saved_search: saved }: WebhookView): string {
  return saved ? `search ${saved.name}` : 'health';
}

function describeDelivery(delivery: DeliveryView): string[] {
  const { id, type, task_ids: ids, created_at, delivered_at, next_try, last_error, attempts } = delivery;
  const [only] = ids;
  const subject = ids.length > 1 ? pluralize(ids.length, 'task') : (only ?? '-');
  const waiting = next_try === null ? 'given up' : `next try ${next_try}`;
  const outcome = delivered_at === null ? waiting : `delivered ${delivered_at}`;
  return [created_at, id, type, subject, outcome, pluralize(attempts, 'attempt'), last_error ?? ''];
}

function reportQueued(delivery: WebhookDelivery, isJson = false): void {
  if (isJson) printJson(serializeDelivery(delivery));
  else print(`${delivery.id} is queued`);
}
