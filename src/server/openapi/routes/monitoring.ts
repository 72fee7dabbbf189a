/** Sync runs, the state of the mirror, the probes, the start page, and the description itself. */
import * as z from 'zod';
import { activitySchema } from '../../../views/activity-schema.ts';
import { healthSchema } from '../../../views/health.ts';
import { runListSchema, syncResultSchema } from '../../../views/run-schema.ts';
import { livenessSchema, readinessSchema, statsSchema } from '../../../views/status-schema.ts';
import {
  createEnum,
  createInteger,
  createPathParameter,
  createQueryParameter,
  type RouteDescription,
  text,
} from '../components.ts';

export const MONITORING_ROUTES: readonly RouteDescription[] = [
  {
    path: '/api/sync',
    method: 'post',
    operationId: 'sync',
    summary: 'Start a sync run; responds when it is over',
    responses: { 200: { description: 'the result of the run', schema: syncResultSchema } },
    errors: [401, 403, 503],
  },
  {
    path: '/api/sync/runs',
    method: 'get',
    operationId: 'runs',
    summary: 'Past runs, newest first',
    parameters: [createQueryParameter('limit', createInteger(1, 1000, 20))],
    responses: { 200: { description: 'runs', schema: runListSchema } },
    errors: [400, 401, 403],
  },
  {
    path: '/api/stats',
    method: 'get',
    operationId: 'stats',
    summary: 'Totals, what is due, disk use, upstream health',
    responses: { 200: { description: 'the state of the mirror', schema: statsSchema } },
    errors: [401, 403],
  },
  {
    path: '/api/stats/days',
    method: 'get',
    operationId: 'activity',
    summary: 'How many tasks were created in each day or month, and what they cost',
    parameters: [
      createQueryParameter('by', { ...createEnum('day', 'month'), default: 'day' }),
      createQueryParameter('from', text, 'a date; without it, the last 90 days or 12 months'),
      createQueryParameter('to', text, 'a date; all of a day, month or year'),
      createQueryParameter('tz', text, 'IANA time zone of the days'),
    ],
    responses: { 200: { description: 'the periods that have tasks', schema: activitySchema } },
    errors: [400, 401, 403, 503],
  },
  {
    path: '/',
    method: 'get',
    operationId: 'gallery',
    summary: 'The gallery, for people; a task is /?task=ID',
    responses: {
      200: { description: 'the page', content: { 'text/html': { schema: text } } },
      303: { description: 'to the page that asks for a token, if a browser has none' },
      404: { description: 'the page, without such a task', content: { 'text/html': { schema: text } } },
    },
    errors: [401, 403, 503],
  },
  {
    path: '/assets/{name}',
    method: 'get',
    operationId: 'asset',
    summary: 'A file of the pages; its name has a hash of its content',
    parameters: [createPathParameter('name', text)],
    responses: {
      200: { description: 'the file', content: { '*/*': { schema: text } } },
      304: { description: 'not modified' },
    },
    errors: [403, 404],
    isOpen: true,
  },
  {
    path: '/api/health',
    method: 'get',
    operationId: 'health',
    summary: 'How the mirror does, in one word',
    responses: { 200: { description: 'how it does', schema: healthSchema } },
    errors: [401, 403],
  },
  {
    path: '/healthz',
    method: 'get',
    operationId: 'alive',
    summary: 'The process is alive',
    responses: { 200: { description: 'yes', schema: livenessSchema } },
    errors: [403],
    isOpen: true,
  },
  {
    path: '/readyz',
    method: 'get',
    operationId: 'ready',
    summary: 'Whether the mirror is ready to serve, with its current problems',
    responses: {
      200: { description: 'ready', schema: readinessSchema },
      503: { description: 'not ready', schema: readinessSchema },
    },
    errors: [403],
    isOpen: true,
  },
  {
    path: '/metrics',
    method: 'get',
    operationId: 'metrics',
    summary: 'Prometheus metrics',
    responses: {
      200: { description: 'Prometheus text format', content: { 'text/plain': { schema: text } } },
    },
    errors: [401, 403],
  },
  {
    path: '/openapi.json',
    method: 'get',
    operationId: 'openapi',
    summary: 'This description',
    responses: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({}) } },
    errors: [401, 403],
  },
];
