/** Flux: images from prompts. The only service so far. */
import type { Service } from './service.ts';

export const FLUX = {
  name: 'flux',
  taskPath: '/flux/tasks',
  generationPaths: { images: '/flux/images' },
  members: {
    request: 'request',
    response: 'response',
    results: 'data',
    prompt: 'prompt',
    artifactUrl: 'image_url',
    count: 'count',
  },
  finished: {
    statusMembers: ['state', 'status'],
    successWords: new Set(['succeed', 'succeeded', 'success', 'completed', 'complete', 'finished']),
    failureWords: new Set(['failed', 'failure', 'error', 'cancelled', 'canceled', 'rejected']),
    lateArtifactsMs: 10 * 60_000,
  },
} as const satisfies Service;
