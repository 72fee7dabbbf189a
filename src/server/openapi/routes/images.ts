/** `/images` and `/thumbs`: archived images. */
import { failingImageListSchema } from '../../../views/failing-image-schema.ts';
import {
  createInteger,
  createPathParameter,
  createQueryParameter,
  type RouteDescription,
  sha256,
} from '../components.ts';

const fileRoute = {
  method: 'get',
  responses: {
    200: { description: 'the file; immutable', content: { 'image/*': {} } },
    206: { description: 'a range of it' },
    304: { description: 'not modified' },
    416: { description: 'no such range' },
  },
  errors: [401, 403, 404],
} as const;

export const IMAGE_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/images/failing',
    method: 'get',
    operationId: 'failingImages',
    summary: 'Images that could not be fetched, and why',
    parameters: [createQueryParameter('limit', createInteger(1, 1000, 100))],
    responses: {
      200: { description: 'those that are tried again first', schema: failingImageListSchema },
    },
    errors: [400, 401, 403],
  },
  {
    ...fileRoute,
    path: '/images/{sha256}',
    operationId: 'image',
    summary: 'An archived image',
    parameters: [createPathParameter('sha256', sha256)],
  },
  {
    ...fileRoute,
    path: '/thumbs/{sha256}',
    operationId: 'thumbnail',
    summary: 'A thumbnail of it: 320, 640 or 960 pixels wide, the smallest that is wide enough',
    parameters: [
      createPathParameter('sha256', sha256),
      createQueryParameter('w', createInteger(1, 10_000), 'pixels'),
    ],
  },
];
