/** Pages for people, beside the wall: status, this description, collections, prompts, saved searches, and the one that asks for a token. */
import { createEnum, createQueryParameter, type RouteDescription, taskId, text } from '../components.ts';

const page = { 'text/html': { schema: text } };
const redirect = { description: 'to the page that asks for a token, if a browser has none' };

export const GALLERY_ROUTES: readonly RouteDescription[] = [
  {
    path: '/status',
    method: 'get',
    operationId: 'statusPage',
    summary: 'The status page; as JSON, what is on it, in a form that may change',
    responses: {
      200: {
        description: 'as much as the token may see',
        content: { ...page, 'application/json': {} },
      },
      303: redirect,
    },
    errors: [401, 403, 503],
  },
  {
    path: '/docs',
    method: 'get',
    operationId: 'docsPage',
    summary: 'This description, for people',
    responses: { 200: { description: 'the page', content: page }, 303: redirect },
    errors: [401, 403, 503],
  },
  {
    path: '/collections',
    method: 'get',
    operationId: 'collectionsPage',
    summary: 'The collections, for people; one of them is /collections?id=ID',
    parameters: [
      createQueryParameter('id', { type: 'string', format: 'uuid' }, 'the collection that is shown'),
      createQueryParameter('cursor', text, 'where its tasks begin, for pages without a script'),
    ],
    responses: {
      200: { description: 'the page', content: page },
      303: redirect,
      404: { description: 'the page, without such a collection', content: page },
    },
    errors: [401, 403, 503],
  },
  {
    path: '/prompts',
    method: 'get',
    operationId: 'promptsPage',
    summary: 'The distinct prompts, as a page',
    parameters: [
      createQueryParameter('q', text, 'a search'),
      createQueryParameter('sort', createEnum('newest', 'oldest', 'relevance')),
      createQueryParameter('cursor', text, 'next_cursor of the page before'),
      createQueryParameter('tz', text, 'time zone of dates'),
    ],
    responses: {
      200: { description: 'the page', content: page },
      303: redirect,
      400: { description: 'the page, with what is wrong with the search', content: page },
      503: { description: 'the page, without prompts', content: page },
    },
    errors: [401, 403],
  },
  {
    path: '/history',
    method: 'get',
    operationId: 'historyPage',
    summary: 'Which prompt that of a task comes from, and which it led to, as a page',
    parameters: [createQueryParameter('task', taskId, 'the task')],
    responses: {
      200: { description: 'the page', content: page },
      303: redirect,
      404: { description: 'the page, without such a task', content: page },
      503: { description: 'the page, without its history', content: page },
    },
    errors: [401, 403],
  },
  {
    path: '/saved',
    method: 'get',
    operationId: 'savedPage',
    summary: 'The saved searches, as a page',
    parameters: [
      createQueryParameter('q', text, 'a search to be saved; the filters of the wall are added to it'),
    ],
    responses: {
      200: { description: 'the page', content: page },
      303: redirect,
      503: { description: 'the page, without searches', content: page },
    },
    errors: [401, 403],
  },
  {
    path: '/sign-in',
    method: 'get',
    operationId: 'signInPage',
    summary: 'The page that asks for a token',
    parameters: [
      createQueryParameter('next', text, 'where to go then, relative to the page'),
      createQueryParameter('error', createEnum('invalid_token', 'no_token', 'expired'), 'why it asks again'),
    ],
    responses: { 200: { description: 'the page', content: page } },
    errors: [403],
  },
];
