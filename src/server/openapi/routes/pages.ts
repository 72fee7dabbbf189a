/** What browsers need to use the mirror: sessions. */
import { sessionSchema } from '../../session-schema.ts';
import { type RouteDescription, text } from '../components.ts';

export const PAGE_ROUTES: readonly RouteDescription[] = [
  {
    path: '/sign-in',
    method: 'post',
    operationId: 'signIn',
    summary: 'Exchange a token for a cookie',
    requestBody: {
      type: 'object',
      properties: {
        token: text,
        next: { ...text, description: 'for a form: where to go then, below the address of the mirror' },
      },
      required: ['token'],
    },
    acceptsForm: true,
    responses: {
      200: { description: 'signed in, with Set-Cookie', schema: sessionSchema },
      303: { description: 'the answer to a form, whether signed in or not' },
    },
    errors: [400, 401, 403, 413, 415, 503],
    isOpen: true,
  },
  {
    path: '/sign-out',
    method: 'post',
    operationId: 'signOut',
    summary: 'Remove that cookie',
    responses: {
      200: { description: 'signed out', schema: sessionSchema },
      303: { description: 'the answer to a form' },
    },
    errors: [403],
    isOpen: true,
  },
];
