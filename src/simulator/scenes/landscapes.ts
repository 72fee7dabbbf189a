/** Scenes without a subject: mountains, an aurora, the sea, soft lights. */
import {
  type Canvas,
  curveTo,
  defineGradient,
  drawCircle,
  drawPath,
  drawRect,
  drawSky,
  lineTo,
  moveTo,
  type Point,
  pickBetween,
  pickColour,
} from './svg.ts';

const RANGES = 3;

export function drawMountains(canvas: Canvas): string {
  const { width, height, unit, palette } = canvas;
  const sun: Point = [pickBetween(canvas, 0.3, 0.7) * width, pickBetween(canvas, 0.25, 0.4) * height];
  const fills = [palette.shade, palette.ground, palette.ink];
  const ranges = Array.from({ length: RANGES }, (_, at) =>
    drawRange(canvas, (0.6 + at * 0.13) * height, 11 * unit, fills[at] ?? palette.ink),
  );
  return [drawSky(canvas), drawCircle(sun, 12 * unit, palette.light), ...ranges].join('');
}

/** An aurora over hills. */
export function drawAurora(canvas: Canvas): string {
  const { width, height, unit, palette } = canvas;
  const stars = Array.from({ length: 40 }, () =>
    drawCircle(
      [canvas.random() * width, canvas.random() * height * 0.75],
      pickBetween(canvas, 0.12, 0.3) * unit,
      palette.light,
      0.7,
    ),
  );
  const curtains = Math.round(3 + (width / height) * 1.5);
  return [
    drawSky(canvas),
    ...stars,
    ...Array.from({ length: curtains }, (_, at) =>
      drawCurtain(canvas, at, ((at + canvas.random()) / curtains) * width),
    ),
    drawRange(canvas, height * 0.86, 7 * unit, palette.ink),
  ].join('');
}

/** A strip of light: it fades out to both sides, and towards its ends. */
function drawCurtain(canvas: Canvas, at: number, x: number): string {
  const { height, unit, palette } = canvas;
  const [colour, strip, fade] = [pickColour(canvas, palette.accents), `curtain${at}`, `fade${at}`];
  const bend = () => pickBetween(canvas, -14, 14) * unit;
  const [width, top, bottom] = [pickBetween(canvas, 12, 24) * unit, bend(), bend()];
  const outline = [
    moveTo([x + top, 0]),
    curveTo([x + bend(), height * 0.3], [x + bend(), height * 0.6], [x + bottom, height * 0.88]),
    lineTo([x + bottom + width, height * 0.88]),
    curveTo([x + width + bend(), height * 0.6], [x + width + bend(), height * 0.3], [x + top + width, 0]),
    'Z',
  ];
  return [
    defineGradient(strip, [colour, colour, colour], { isHorizontal: true, opacities: [0, 0.6, 0] }),
    defineGradient(fade, ['#000', '#fff', '#fff', '#000']),
    `<mask id="m${at}">${drawRect([x - width * 2, 0], [width * 6, height * 0.88], `url(#${fade})`)}</mask>`,
    drawPath(outline, `url(#${strip})`, `mask="url(#m${at})"`),
  ].join('');
}

/** The sea at dusk, with the light of a low sun on it. */
export function drawSea(canvas: Canvas): string {
  const { width, height, unit, palette } = canvas;
  const horizon = height * pickBetween(canvas, 0.58, 0.68);
  const x = width * pickBetween(canvas, 0.3, 0.7);
  const glints = Array.from({ length: 9 }, (_, at) => {
    const y = horizon + ((at + 0.6) / 9.5) * (height - horizon);
    const length = pickBetween(canvas, 8, 20 + at * 2) * unit;
    const attributes = `rx="${unit * 0.5}" opacity="${0.85 - at * 0.07}"`;
    return drawRect([x - length / 2, y], [length, unit * (0.8 + at * 0.1)], palette.light, attributes);
  });
  return [
    drawSky(canvas),
    drawCircle([x, horizon - 2 * unit], 13 * unit, palette.light),
    defineGradient('sea', [palette.shade, palette.ground, palette.ink]),
    drawRect([0, horizon], [width, height - horizon], 'url(#sea)'),
    ...glints,
    drawBoat(canvas, [width * (x > width / 2 ? 0.24 : 0.76), horizon + 7 * unit]),
  ].join('');
}

function drawBoat({ unit, palette }: Canvas, [x, y]: Point): string {
  const at = (dx: number, dy: number): Point => [x + dx * unit, y + dy * unit];
  return [
    drawPath([moveTo(at(-0.6, -1)), lineTo(at(-0.6, -17)), lineTo(at(-8, -1)), 'Z'], palette.light),
    drawPath([moveTo(at(0.6, -1)), lineTo(at(0.6, -14)), lineTo(at(6.5, -1)), 'Z'], palette.accents[0]),
    drawPath([moveTo(at(-10, 0)), lineTo(at(9, 0)), lineTo(at(6, 4)), lineTo(at(-7, 4)), 'Z'], palette.ink),
  ].join('');
}

/** Soft lights, out of focus. */
export function drawBokeh(canvas: Canvas): string {
  const { width, height, unit, palette } = canvas;
  const colours = [palette.light, ...palette.accents, palette.shade];
  const lights = Array.from({
    length: Math.round(18 + (12 * Math.max(width, height)) / Math.min(width, height)),
  });
  return [
    drawSky(canvas),
    ...lights.map(() =>
      drawCircle(
        [canvas.random() * width, canvas.random() * height],
        pickBetween(canvas, 3, 15) * unit,
        pickColour(canvas, colours),
        pickBetween(canvas, 0.15, 0.5),
      ),
    ),
  ].join('');
}

/** A line of soft hills from side to side, and what is below it. @param y its mean @param rise how far it goes up and down */
function drawRange(canvas: Canvas, y: number, rise: number, fill: string): string {
  const { width, height, unit } = canvas;
  const peaks = Math.max(3, Math.round(width / (22 * unit)));
  const step = width / peaks;
  const points = Array.from(
    { length: peaks + 1 },
    (_, at): Point => [at * step, y + pickBetween(canvas, -1, 1) * rise],
  );
  const commands = points.map((point, at) => {
    const before = points[at - 1];
    if (!before) return moveTo(point);
    return curveTo([before[0] + step * 0.45, before[1]], [point[0] - step * 0.45, point[1]], point);
  });
  return drawPath([...commands, lineTo([width, height]), lineTo([0, height]), 'Z'], fill);
}
