/** Pages for people, beside the wall: status, this description, collections, and the one that asks for a token. */
import { createEnum, createQueryParameter, type RouteDescription, text } from '../components.ts';

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
