/** Scenes with a subject: a cat and the moon, a vase, a flower, arches. */
import {
  type Canvas,
  curveTo,
  defineGradient,
  drawCircle,
  drawEllipse,
  drawPath,
  drawRect,
  drawSky,
  drawStroke,
  lineTo,
  moveTo,
  type Point,
  pickBetween,
  pickColour,
} from './svg.ts';

/** A cat in front of the moon. */
export function drawCat(canvas: Canvas): string {
  const { width, height, unit, palette } = canvas;
  const size = unit * pickBetween(canvas, 0.8, 0.95);
  const side = canvas.random() < 0.5 ? -1 : 1;
  const [x, floor] = [width * (0.5 - side * 0.04), height - 9 * unit];
  const at = (dx: number, dy: number): Point => [x + side * dx * size, floor + dy * size];
  const ear = (from: number, tip: number, to: number) =>
    drawPath([moveTo(at(from, -66)), lineTo(at(tip, -82)), lineTo(at(to, -72)), 'Z'], palette.ink);
  const tail = [moveTo(at(14, -6)), curveTo(at(34, -2), at(40, -16), at(35, -34))];
  return [
    drawSky(canvas),
    drawCircle(at(pickBetween(canvas, 16, 26), pickBetween(canvas, -76, -64)), 20 * size, palette.light),
    drawRect([0, floor - 3 * size], [width, height], palette.ground),
    drawStroke(tail, palette.ink, 6 * size),
    drawEllipse(at(0, -20), [20 * size, 25 * size], palette.ink),
    drawEllipse(at(0, -57), [15 * size, 14 * size], palette.ink),
    ear(-15, -13, -3),
    ear(15, 13, 3),
    ...[-6, 6].map((dx) => drawEllipse(at(dx, -58), [2.4 * size, 1.4 * size], palette.light)),
  ].join('');
}

/** A vase with flowers on a table. */
export function drawVase(canvas: Canvas): string {
  const { width, height, unit, palette } = canvas;
  const [x, table] = [width * pickBetween(canvas, 0.42, 0.58), height * 0.76];
  const at = (dx: number, dy: number): Point => [x + dx * unit, table + 4 * unit + dy * unit];
  const outline = [
    moveTo(at(-7, 0)),
    curveTo(at(-20, -10), at(-19, -24), at(-5, -30)),
    lineTo(at(5, -30)),
    curveTo(at(19, -24), at(20, -10), at(7, 0)),
    'Z',
  ];
  const stems = Array.from({ length: 9 }, (_, n) => {
    const lean = (n - 4) * 5.5 + pickBetween(canvas, -2, 2);
    const tip = at(lean, pickBetween(canvas, -66, -50) + Math.abs(lean) * 0.35);
    const bloom = pickColour(canvas, [palette.light, palette.accents[0], palette.accents[1]]);
    return {
      stem: drawStroke(
        [moveTo(at(0, -28)), curveTo(at(lean * 0.2, -38), at(lean * 0.5, -44), tip)],
        palette.ink,
        unit,
      ),
      bloom: drawCircle(tip, pickBetween(canvas, 2.4, 5) * unit, bloom),
    };
  });
  return [
    drawSky(canvas),
    drawRect([0, table], [width, height - table], palette.ground),
    ...stems.map(({ stem }) => stem),
    drawPath(outline, palette.shade),
    ...stems.map(({ bloom }) => bloom),
  ].join('');
}

/** One flower, seen from above. */
export function drawFlower(canvas: Canvas): string {
  const { width, height, unit, palette } = canvas;
  const centre: Point = [width / 2, height / 2];
  const petals = 12 + Math.floor(canvas.random() * 5);
  const ring = (n: number, radius: number, fill: string) =>
    Array.from({ length: petals }, (_, at) =>
      drawEllipse([centre[0], centre[1] - radius * 0.62], [radius * 0.19, radius * 0.44], fill, {
        turn: ((at + (n % 2) / 2) / petals) * 360,
        about: centre,
        opacity: 0.85,
      }),
    ).join('');
  const [outer, middle, inner] = palette.accents;
  return [
    drawSky(canvas),
    ring(0, 58 * unit, palette.light),
    ring(1, 42 * unit, middle),
    ring(2, 29 * unit, outer),
    ring(3, 18 * unit, inner),
    drawCircle(centre, 6 * unit, palette.ink),
  ].join('');
}

/** Arches in the sun. */
export function drawArches(canvas: Canvas): string {
  const { width, height, unit, palette } = canvas;
  const floor = height * 0.84;
  const arches = Math.max(2, Math.round(width / (36 * unit)));
  const pitch = width / (arches + 0.6);
  const draw = (_: unknown, n: number) => {
    const [x, half] = [pitch * (n + 0.8), pitch * 0.34];
    const top = height * pickBetween(canvas, 0.3, 0.42);
    return (
      drawArch(x, top, half + 2.2 * unit, floor, palette.ink) + drawArch(x, top, half, floor, 'url(#inside)')
    );
  };
  return [
    drawSky(canvas),
    drawCircle([width * pickBetween(canvas, 0.7, 0.85), height * 0.18], 8 * unit, palette.light),
    drawRect([0, height * 0.76], [width, height], palette.ground),
    defineGradient('inside', [palette.accents[1], palette.accents[0]]),
    ...Array.from({ length: arches }, draw),
    drawRect([0, floor], [width, height - floor], palette.shade),
  ].join('');
}

/** @param top where its curve begins @param half half its width */
function drawArch(x: number, top: number, half: number, floor: number, fill: string): string {
  const bow = half * 1.3;
  return drawPath(
    [
      moveTo([x - half, floor]),
      lineTo([x - half, top]),
      curveTo([x - half, top - bow], [x + half, top - bow], [x + half, top]),
      lineTo([x + half, floor]),
      'Z',
    ],
    fill,
  );
}
