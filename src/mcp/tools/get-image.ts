/** `get_image`: an archived picture, scaled to fit. */
import * as z from 'zod';
import { MirrorError } from '../mirror-access.ts';
import { READS, type Tool } from '../tool.ts';
import { idInput } from './shared.ts';
import { type Details, readDetails } from './task-details.ts';

const input = z.object({
  id: idInput,
  number: z.int().min(1).max(100).default(1).describe('Which of its pictures, from 1.'),
  kind: z
    .enum(['result', 'input'])
    .default('result')
    .describe('input: one that the task was given to work on.'),
  width: z
    .int()
    .min(1)
    .max(960)
    .default(640)
    .describe('Pixels, of which 320, 640 and 960 exist. 320 is enough to recognise it, and cheapest.'),
});

const output = z.object({
  id: z.string(),
  number: z.number(),
  of: z.number().describe('How many pictures there are.'),
  original_width: z.number().nullable(),
  original_height: z.number().nullable(),
});

export const getImage: Tool<typeof input, typeof output> = {
  name: 'get_image',
  title: 'Show a picture',
  description:
    'Shows an archived picture of a task, scaled down, from this mirror, whether or not its link still works.',
  input,
  output,
  annotations: READS,
  run: async (mirror, { id, number, kind, width }) => {
    const details = await readDetails(mirror, id);
    const pictures = kind === 'input' ? details.inputs : details.images;
    const { local } = choosePicture(details, pictures, number);
    return {
      data: {
        id: details.id,
        number,
        of: pictures.length,
        original_width: local.width ?? null,
        original_height: local.height ?? null,
      },
      image: { bytes: await mirror.readThumbnail(local.sha256, width), mediaType: 'image/webp' },
    };
  },
};

/** @throws MirrorError if it is not archived */
function choosePicture({ id, videos, state }: Details, pictures: Details['images'], number: number) {
  const picture = pictures[number - 1];
  if (!picture) {
    const has =
      videos.length > 0
        ? `${videos.length} videos, which can't be shown here: ${videos[0]?.url}`
        : 'no such picture';
    throw new MirrorError(`task ${id} (${state}) has ${pictures.length} pictures, and ${has}`);
  }
  const { local, url } = picture;
  if (!local) throw new MirrorError(`this picture is not archived; its link, which may be dead, is ${url}`);
  return { local };
}
