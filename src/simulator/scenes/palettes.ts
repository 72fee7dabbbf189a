/** The colours of a scene: calm, few, and from one family each. */

/** Colours in hex. */
export interface Palette {
  /** From the top of the sky to the horizon. */
  readonly sky: readonly [string, string, string];
  readonly ground: string;
  /** Silhouettes. */
  readonly ink: string;
  /** Behind the silhouettes. */
  readonly shade: string;
  /** Moon, sun, eyes. */
  readonly light: string;
  readonly accents: readonly [string, string, string];
  readonly isNight?: true;
}

export const PALETTES: readonly [Palette, ...Palette[]] = [
  // Dusk.
  {
    sky: ['#33425f', '#d8775f', '#f0b98a'],
    ground: '#3f5a7d',
    ink: '#202b3c',
    shade: '#4a6184',
    light: '#f6ead2',
    accents: ['#e6a06f', '#f3d3a4', '#b8524b'],
  },
  // Sand.
  {
    sky: ['#d9b585', '#c7b596', '#d8bf93'],
    ground: '#b3a283',
    ink: '#5a4038',
    shade: '#8b5a33',
    light: '#f7ecd6',
    accents: ['#e2b37e', '#f4e4c6', '#a76b3c'],
  },
  // Sea green.
  {
    sky: ['#ddcda8', '#8fb79a', '#76a48e'],
    ground: '#3b6f6c',
    ink: '#20393d',
    shade: '#4f837a',
    light: '#f2ecd8',
    accents: ['#c5d3a4', '#e9d9a5', '#5f9a8b'],
  },
  // Night blue.
  {
    sky: ['#15202f', '#22395d', '#47618c'],
    ground: '#1b2536',
    ink: '#0f161f',
    shade: '#2a3c5c',
    light: '#e6e2d2',
    accents: ['#7fb3a1', '#c9b6a8', '#b26a72'],
    isNight: true,
  },
  // Lilac.
  {
    sky: ['#8ba3cf', '#a9a9d6', '#c9b7da'],
    ground: '#8d86b4',
    ink: '#413f66',
    shade: '#7379ad',
    light: '#f4eef6',
    accents: ['#d3c2e4', '#9fb8de', '#e7cfd9'],
  },
  // Slate.
  {
    sky: ['#4d5363', '#8a8f9c', '#bfc2c8'],
    ground: '#9a9ea8',
    ink: '#2f333d',
    shade: '#666f7f',
    light: '#f3f2ef',
    accents: ['#d8dade', '#a3aab6', '#7c8493'],
  },
  // Plum.
  {
    sky: ['#4c2f4d', '#8c4a66', '#d08a86'],
    ground: '#3a2439',
    ink: '#281827',
    shade: '#69405f',
    light: '#f4dcc4',
    accents: ['#e0a27d', '#c5698a', '#f0c9a2'],
    isNight: true,
  },
  // Noon.
  {
    sky: ['#4688b0', '#7fb4cf', '#cfe0da'],
    ground: '#6f9a98',
    ink: '#33496c',
    shade: '#5d86a6',
    light: '#f6f0df',
    accents: ['#e0c25d', '#d9dcc0', '#d98b5f'],
  },
  // Meadow.
  {
    sky: ['#e7ead3', '#cfd9b0', '#aebf8c'],
    ground: '#7f9a63',
    ink: '#34412c',
    shade: '#6d8757',
    light: '#fbf7e6',
    accents: ['#dfe3ae', '#f3f1d9', '#94ad74'],
  },
  // Polar night.
  {
    sky: ['#0f2529', '#1d4a4b', '#3d7468'],
    ground: '#17383a',
    ink: '#0c191b',
    shade: '#2b5c59',
    light: '#e9efe0',
    accents: ['#a9cfa9', '#e4e6d8', '#6fae97'],
    isNight: true,
  },
  // Apricot.
  {
    sky: ['#f2c690', '#eeae82', '#e68f74'],
    ground: '#b4604f',
    ink: '#333a59',
    shade: '#9b5b5b',
    light: '#fdf0d8',
    accents: ['#f7dcb0', '#de7f69', '#faead0'],
  },
];
