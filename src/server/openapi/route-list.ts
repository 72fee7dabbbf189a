/** The description of every route. A test compares them with the actual routes and their responses. */
import type { RouteDescription } from './components.ts';
import { COLLECTION_ROUTES, SHARED_ROUTES } from './routes/collections.ts';
import { EVENT_ROUTES } from './routes/events.ts';
import { FLUX_ROUTES } from './routes/flux.ts';
import { GALLERY_ROUTES } from './routes/gallery.ts';
import { IMAGE_ROUTES } from './routes/images.ts';
import { MARK_ROUTES } from './routes/marks.ts';
import { MCP_ROUTES } from './routes/mcp.ts';
import { MONITORING_ROUTES } from './routes/monitoring.ts';
import { PAGE_ROUTES } from './routes/pages.ts';
import { SAVED_ROUTES } from './routes/saved.ts';
import { SEARCH_ROUTES } from './routes/search.ts';
import { SELECTION_ROUTES } from './routes/selection.ts';
import { TASK_ROUTES } from './routes/tasks.ts';
import { WALL_ROUTES } from './routes/wall.ts';
import { WEBHOOK_ROUTES } from './routes/webhooks.ts';

export const ROUTE_DESCRIPTIONS: readonly RouteDescription[] = [
  ...FLUX_ROUTES,
  ...SEARCH_ROUTES,
  ...WALL_ROUTES,
  ...TASK_ROUTES,
  ...MARK_ROUTES,
  ...COLLECTION_ROUTES,
  ...SHARED_ROUTES,
  ...SAVED_ROUTES,
  ...WEBHOOK_ROUTES,
  ...IMAGE_ROUTES,
  ...EVENT_ROUTES,
  ...SELECTION_ROUTES,
  ...MONITORING_ROUTES,
  ...MCP_ROUTES,
  ...GALLERY_ROUTES,
  ...PAGE_ROUTES,
];
