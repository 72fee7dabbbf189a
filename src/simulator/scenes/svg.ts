/** Elements of an SVG, as text. Lengths are pixels of the image. */
import type { Palette } from './palettes.ts';

/** What a scene is drawn on, and with. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** A hundredth of the shorter side, so that shapes keep their proportions in every ratio. */
  readonly unit: number;
  readonly palette: Palette;
  /** Uniform in [0, 1); the same for the same image. */
  readonly random: () => number;
}

export type Point = readonly [x: number, y: number];

export function drawCircle([x, y]: Point, radius: number, fill: string, opacity = 1): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"${formatOpacity(opacity)}/>`;
}

export function drawEllipse(
  [x, y]: Point,
  [rx, ry]: Point,
  fill: string,
  { turn = 0, about = [x, y] as Point, opacity = 1 } = {},
): string {
  const transform =
    turn === 0 ? '' : ` transform="rotate(${round(turn)} ${round(about[0])} ${round(about[1])})"`;
  return `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(rx)}" ry="${round(ry)}" fill="${fill}"${formatOpacity(opacity)}${transform}/>`;
}

export function drawRect([x, y]: Point, [width, height]: Point, fill: string, attributes = ''): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}" ${attributes}/>`;
}

/** @param commands path data, which `move` and its like build */
export function drawPath(commands: readonly string[], fill: string, attributes = ''): string {
  return `<path d="${commands.join('')}" fill="${fill}" ${attributes}/>`;
}

export function drawStroke(commands: readonly string[], stroke: string, width: number): string {
  return drawPath(
    commands,
    'none',
    `stroke="${stroke}" stroke-width="${round(width)}" stroke-linecap="round"`,
  );
}

export const moveTo = ([x, y]: Point) => `M${round(x)} ${round(y)}`;
export const lineTo = ([x, y]: Point) => `L${round(x)} ${round(y)}`;
export const curveTo = (a: Point, b: Point, end: Point) =>
  `C${[...a, ...b, ...end].map((value) => round(value)).join(' ')}`;

/** A gradient of colours at even distances; with `opacities`, one for each. */
export function defineGradient(
  id: string,
  colours: readonly string[],
  { isHorizontal = false, opacities = [] as readonly number[] } = {},
): string {
  const stops = colours.map((colour, at) => {
    const opacity = opacities[at] ?? 1;
    const alpha = opacity === 1 ? '' : ` stop-opacity="${opacity}"`;
    return `<stop offset="${round(at / (colours.length - 1))}" stop-color="${colour}"${alpha}/>`;
  });
  const [x2, y2] = isHorizontal ? [1, 0] : [0, 1];
  return `<linearGradient id="${id}" x1="0" y1="0" x2="${x2}" y2="${y2}">${stops.join('')}</linearGradient>`;
}

/** The sky over the whole image. */
export function drawSky({ width, height, palette }: Canvas): string {
  return defineGradient('sky', palette.sky) + drawRect([0, 0], [width, height], 'url(#sky)');
}

/** @returns a number between two others */
export function pickBetween({ random }: Pick<Canvas, 'random'>, from: number, to: number): number {
  return from + random() * (to - from);
}

/** @returns one of these colours */
export function pickColour({ random }: Pick<Canvas, 'random'>, colours: readonly string[]): string {
  return colours[Math.floor(random() * colours.length)] ?? '#000000';
}

function formatOpacity(opacity: number): string {
  return opacity === 1 ? '' : ` opacity="${round(opacity)}"`;
}

/** Two decimals are enough for pixels. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
