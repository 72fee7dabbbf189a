/** The description of every route. A test compares them with the actual routes and their responses. */
import type { RouteDescription } from './components.ts';
import { FLUX_ROUTES } from './routes/flux.ts';
import { GALLERY_ROUTES } from './routes/gallery.ts';
import { IMAGE_ROUTES } from './routes/images.ts';
import { MONITORING_ROUTES } from './routes/monitoring.ts';
import { SEARCH_ROUTES } from './routes/search.ts';
import { TASK_ROUTES } from './routes/tasks.ts';

export const ROUTE_DESCRIPTIONS: readonly RouteDescription[] = [
  ...FLUX_ROUTES,
  ...SEARCH_ROUTES,
  ...TASK_ROUTES,
  ...IMAGE_ROUTES,
  ...MONITORING_ROUTES,
  ...GALLERY_ROUTES,
];
