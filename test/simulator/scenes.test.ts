import { basename } from 'node:path';
import { crc32 } from 'node:zlib';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isMatroskaComplete } from '../../src/archive/decoding/video-structure.ts';
import { addYearOfTasks } from '../../src/simulator/history.ts';
import { createSeededRandom } from '../../src/simulator/random.ts';
import { createSceneSvg, drawScene } from '../../src/simulator/scenes/draw-scene.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { decideTaskState } from '../../src/task/state.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const DAY_MS = 86_400_000;

async function startScenes() {
  const clock = new ManualClock();
  const simulator = await startSimulator({ now: () => clock.now(), hasScenes: true });
  onTestFinished(() => simulator.stop());
  const load = async (url: string | undefined) => {
    const answer = await fetch(url ?? '');
    return { type: answer.headers.get('content-type'), bytes: Buffer.from(await answer.arrayBuffer()) };
  };
  const addImage = (prompt: string, size = '1024x1024', imageUrl?: string) =>
    simulator.findImageUrl(
      simulator.addTask({ prompt, size, durationMs: 0, ...(imageUrl === undefined ? {} : { imageUrl }) }),
    );
  return { clock, simulator, load, addImage };
}

describe('scenes', () => {
  test.each([
    ['1024x1024', 1024, 1024],
    ['1536x640', 1536, 640],
    ['768x1344', 768, 1344],
    ['16:9', 1360, 768],
    ['1x2048', 1, 2048],
  ])('an image of %s has these pixels, and is small', async (size, width, height) => {
    const { load, addImage } = await startScenes();
    const { type, bytes } = await load(addImage('soft lights', size));
    expect(type).toBe('image/png');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width, height, hasAlpha: false });
    expect(bytes.length).toBeLessThan(600_000);
  });

  test('a link gives the same bytes each time; another image of the prompt differs', async () => {
    const { load, addImage } = await startScenes();
    const [one, other] = [addImage('a cat'), addImage('a cat')];
    const first = await load(one);
    expect((await load(one)).bytes.equals(first.bytes)).toBe(true);
    expect((await load(other)).bytes.equals(first.bytes)).toBe(false);
  });

  test('a prompt that contains markup is drawn like any other', async () => {
    const { load, addImage } = await startScenes();
    const { bytes } = await load(addImage('</svg><script>alert(1)</script> & "quotes" \u0000 🐈'));
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 1024 });
  });

  test('shows what the prompt names, and a scene by its hash for others', () => {
    const draw = (prompt: string) =>
      createSceneSvg({ subject: prompt, prompt, name: 'x', width: 100, height: 100 });
    const shapes = (svg: string) => svg.match(/<(?:circle|ellipse|rect|path|mask)/g)?.join('');
    expect(shapes(draw('一只橘猫'))).toBe(shapes(draw('two cats, watercolour')));
    const others = Array.from({ length: 60 }, (_, at) => shapes(draw(`thing ${crc32(String(at))}`)));
    expect(new Set(others).size).toBeGreaterThan(5);
  });

  test('an edited image shows the same scene in other colours', async () => {
    const { load, addImage } = await startScenes();
    const prompt = 'make it night';
    const size = { width: 1024, height: 1024 };
    const draw = (url = '', subject: string) =>
      drawScene({ subject, prompt, name: basename(url, '.png'), ...size });
    const edited = addImage(prompt, '1024x1024', addImage('a cat'));
    expect((await load(edited)).bytes.equals(await draw(edited, 'a cat'))).toBe(true);
    const unrelated = addImage(prompt, '1024x1024', 'http://elsewhere.example/a.png');
    expect((await load(unrelated)).bytes.equals(await draw(unrelated, prompt))).toBe(true);
  });

  test('a video is a complete WebM', async () => {
    const { simulator, load } = await startScenes();
    const id = simulator.addTask({ kind: 'videos', prompt: 'a cat', durationMs: 0 });
    const { response } = JSON.parse(simulator.documentText(id) ?? '') as {
      response: { data: { video_url: string }[] };
    };
    const { type, bytes } = await load(response.data[0]?.video_url);
    expect(type).toBe('video/webm');
    expect(await fileTypeFromBuffer(bytes)).toMatchObject({ mime: 'video/webm' });
    const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
    expect(isMatroskaComplete({ size: bytes.length, read })).toBe(true);
    expect(isMatroskaComplete({ size: bytes.length - 1, read })).toBe(false);
  });
});

describe('a year of tasks', () => {
  test('has quiet days and bursts, repeated prompts, edits, videos and failures, all of it in the past', async () => {
    const { clock, simulator } = await startScenes();
    const ids = addYearOfTasks(simulator, clock.now(), createSeededRandom(1));
    const documents = ids.map((id) => JSON.parse(simulator.documentText(id) ?? ''));
    const states = documents.map((document) =>
      decideTaskState(document, document.created_at * 1000, clock.now()),
    );
    expect(ids.length).toBeGreaterThan(200);
    expect(ids.length).toBeLessThan(450);
    expect(states).not.toContain('pending');
    expect(states.filter((state) => state === 'failed').length).toBeGreaterThan(2);

    const days = documents.map(({ created_at }) => Math.floor((created_at * 1000) / DAY_MS));
    const perDay = [...new Set(days)].map((day) => days.filter((other) => other === day).length);
    expect(Math.max(...perDay)).toBeGreaterThan(7);
    expect(perDay.filter((count) => count === 1).length).toBeGreaterThan(60);
    const ends = documents.map(({ finished_at }) => finished_at * 1000);
    expect(Math.max(...ends)).toBeLessThanOrEqual(clock.now());
    expect(Math.min(...ends)).toBeLessThan(clock.now() - 350 * DAY_MS);

    const prompts = documents.map(({ request }) => String(request.prompt));
    expect(new Set(prompts).size).toBeLessThan(prompts.length * 0.8);
    expect(prompts.some((prompt) => /\p{Script=Han}/u.test(prompt))).toBe(true);
    const edits = documents.filter(({ request }) => request.action === 'edit');
    expect(edits.length).toBeGreaterThan(5);
    for (const { request } of edits) expect((await fetch(request.image_url)).status).toBe(200);
    expect(documents.some(({ response }) => response.data?.[0]?.video_url)).toBe(true);
    expect(new Set(documents.map(({ request }) => request.size)).size).toBeGreaterThan(8);
    expect(documents.filter(({ response }) => response.cost?.amount > 0).length).toBeGreaterThan(200);
  });

  test('ends before it is looked at, whatever the numbers', async () => {
    const { clock, simulator } = await startScenes();
    for (let seed = 0; seed < 20; seed += 1) {
      const ids = addYearOfTasks(simulator, clock.now(), createSeededRandom(seed));
      const last = JSON.parse(simulator.documentText(ids.at(-1) ?? '') ?? '') as { finished_at: number };
      expect(last.finished_at * 1000).toBeLessThanOrEqual(clock.now());
    }
  });
});
