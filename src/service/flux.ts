/** Flux: images and videos from prompts. The only service so far. */
import type { Service } from './service.ts';

export const FLUX = {
  name: 'flux',
  taskPath: '/flux/tasks',
  generationPaths: { images: '/flux/images', videos: '/flux/videos' },
  members: {
    request: 'request',
    response: 'response',
    results: 'data',
    prompt: 'prompt',
    artifactUrls: { images: 'image_url', videos: 'video_url' },
    count: 'count',
  },
  videoRequest: { members: ['mode', 'duration'], modelPrefix: 'flux-3', keyframes: 'keyframes' },
  finished: {
    timeMember: 'finished_at',
    statusMembers: ['state', 'status'],
    successWords: new Set(['succeed', 'succeeded', 'success', 'completed', 'complete', 'finished']),
    failureWords: new Set(['failed', 'failure', 'error', 'cancelled', 'canceled', 'rejected']),
    lateArtifactsMs: 10 * 60_000,
  },
} as const satisfies Service;
