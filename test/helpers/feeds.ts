/** Validates feeds against their specifications. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { validateXML } from 'xmllint-wasm';

const ATOM = readFileSync(new URL('../data/atom.rng', import.meta.url), 'utf8');

/** What is wrong with an Atom document by the grammar of RFC 4287. */
export async function findAtomProblems(xml: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: { fileName: 'feed.atom', contents: xml },
    schema: ATOM,
    extension: 'relaxng',
  });
  return errors.map(({ message }) => message);
}

const url = { type: 'string', pattern: '^https?://' };
const author = {
  type: 'object',
  properties: { name: { type: 'string' }, url, avatar: url },
  minProperties: 1,
  additionalProperties: false,
};
const attachment = {
  type: 'object',
  required: ['url', 'mime_type'],
  properties: {
    url,
    mime_type: { type: 'string', pattern: '^[^/]+/[^/]+$' },
    title: { type: 'string' },
    size_in_bytes: { type: 'number' },
    duration_in_seconds: { type: 'number' },
  },
  additionalProperties: false,
};
const item = {
  type: 'object',
  required: ['id'],
  anyOf: [{ required: ['content_html'] }, { required: ['content_text'] }],
  properties: {
    id: { type: 'string' },
    url,
    external_url: url,
    title: { type: 'string' },
    content_html: { type: 'string' },
    content_text: { type: 'string' },
    summary: { type: 'string' },
    image: url,
    banner_image: url,
    date_published: { type: 'string', format: 'date-time' },
    date_modified: { type: 'string', format: 'date-time' },
    authors: { type: 'array', items: author },
    tags: { type: 'array', items: { type: 'string' } },
    language: { type: 'string' },
    attachments: { type: 'array', items: attachment },
  },
  additionalProperties: false,
};
/** https://www.jsonfeed.org/version/1.1/ */
const JSON_FEED = {
  type: 'object',
  required: ['version', 'title', 'items'],
  properties: {
    version: { const: 'https://jsonfeed.org/version/1.1' },
    title: { type: 'string' },
    home_page_url: url,
    feed_url: url,
    description: { type: 'string' },
    user_comment: { type: 'string' },
    next_url: url,
    icon: url,
    favicon: url,
    authors: { type: 'array', items: author },
    language: { type: 'string' },
    expired: { type: 'boolean' },
    hubs: { type: 'array' },
    items: { type: 'array', items: item },
  },
  additionalProperties: false,
};

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': RFC3339 } });
const validate = ajv.compile(JSON_FEED);

/** What is wrong with a JSON feed by version 1.1 of its specification. */
export function findJsonFeedProblems(feed: unknown): string[] {
  return validate(feed) ? [] : (validate.errors ?? []).map((error) => ajv.errorsText([error]));
}
