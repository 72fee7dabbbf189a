/** What the components of the wall's page can use beyond those of every page: its state, and in the browser what can be done. */
import type { ReadonlySignal, Signal } from '@preact/signals';
import { type ComponentChildren, type ComponentType, createContext, h } from 'preact';
import { useContext } from 'preact/hooks';
import type { FacetData, MarksView, MonthCount, SearchInfo, TaskDetails, TileData } from '../view/data.ts';
import type { View } from '../view/url.ts';
import type { Actions } from './actions.ts';
import type { CollectionControls } from './collection-controls.ts';
import { type Shell, ShellProvider, type ShellState } from './shell.ts';

/** A picture to be shown on the wall. */
export interface VisibleTile {
  /** Identifies the place, also while its task is not loaded. */
  readonly key: string;
  /** Undefined while it is not loaded. */
  readonly tile: TileData | undefined;
  readonly state: TileData['state'];
  /** See task/ratio.ts. */
  readonly ratio: number;
  /** Position within its section, from 0, and the size of the section. */
  readonly index: number;
  readonly count: number;
  /** Pixels within its section; undefined: the browser places it. */
  readonly place:
    | { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
    | undefined;
}

export interface VisibleSection {
  readonly key: string;
  /** `2026-11`; undefined in the order of best match. */
  readonly month: string | undefined;
  readonly title: 'month' | 'close' | undefined;
  readonly count: number;
  /** Pixels within the box, and the height of the rows; undefined: the browser places it. */
  readonly place: { readonly y: number; readonly height: number } | undefined;
  readonly tiles: readonly VisibleTile[];
}

/** The part of the wall that is in the page. */
export interface VisibleWall {
  /** Height of the box; undefined: the browser decides. */
  readonly height: number | undefined;
  readonly sections: readonly VisibleSection[];
  /** False while the wall moves so fast that pictures would only be in the way. */
  readonly withPictures: boolean;
}

/** A month on the rail. */
export interface RailMonth {
  readonly month: string;
  readonly count: number;
  /** Where its bar stands, 0 to 1 from the top. */
  readonly top: number;
}

/** The month at the top of the window, and its number of tasks. */
export interface StickyHeading {
  readonly month: string;
  readonly count: number;
  /** How far the next heading has pushed it up: pixels, 0 or less. */
  readonly shift: number;
}

/** A small picture, as it is shown already. */
export interface PicturePreview {
  /** Of the archived file that it is of. */
  readonly sha256: string;
  readonly src: string;
  readonly width: number;
  readonly height: number;
  /** Of the file, as far as it is known. */
  readonly fullWidth: number | undefined;
}

export interface OpenTask {
  readonly id: string;
  /** Shown until the details are there; undefined: the picture is not seen on the wall. */
  readonly preview?: PicturePreview | undefined;
  /** `missing`: there is no such task for this reader. */
  readonly details: TaskDetails | 'loading' | 'missing' | 'failed';
  /** Its place among the tasks of the page; undefined until it is known, or if it is not among them. */
  readonly place:
    | { readonly index: number; readonly count: number | undefined; readonly month: string | undefined }
    | undefined;
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** Tiles around it. */
  readonly strip: readonly TileData[];
  readonly same: readonly TileData[];
  readonly similar: readonly TileData[];
}

/** The controls of marks: loaded with the first task that is opened, or the first selection. */
export interface MarkControls {
  readonly MarksEditor: ComponentType<{ readonly id: string; readonly marks: MarksView }>;
  readonly MarkButtons: ComponentType;
}

/** What can be opened of a task by a key. */
export type EditedMark = 'tags' | 'note' | 'collections';

/** A note that is not saved yet. */
export interface NoteDraft {
  readonly text: string;
  /** What it began with, as the mirror has it. */
  readonly base: NoteVersion | undefined;
}

/** A note of the mirror, and the `ETag` of the marks that it is of. */
export interface NoteVersion {
  readonly text: string;
  readonly etag: string;
}

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Everything that the search finds, but for `ids`. */
  readonly isSearch: boolean;
  /** How many tasks the search found when all of it was selected: folded ones, too. */
  readonly found: number;
}

export interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; run(): void } | undefined;
  /** 0 to 1. */
  readonly progress?: number | undefined;
}

/** The state of the wall's page. Signals, so that a change renders only what shows it. */
export interface AppState extends ShellState {
  /** What is asked for; the address says it. */
  readonly view: Signal<View>;
  /** The search whose matches the wall shows: an earlier one until those of `view` are there. */
  readonly shownView: Signal<View>;
  /** How many tasks the page shows; undefined: not counted yet. */
  readonly total: Signal<{ readonly count: number; readonly isExact: boolean } | undefined>;
  /** How many there are without a search. */
  readonly allTasks: Signal<number | undefined>;
  readonly info: Signal<SearchInfo | undefined>;
  /** Why the page does not show what was asked for, in words. */
  readonly problem: Signal<string | undefined>;
  /** Whether something was wrong when the page was made, and the page has room for saying so. */
  readonly startsWithTrouble: boolean;
  readonly facets: Signal<FacetData | undefined>;
  /** The months of the search at all times, for the range of dates. */
  readonly dateMonths: Signal<readonly MonthCount[] | undefined>;
  readonly wall: Signal<VisibleWall>;
  readonly rail: Signal<{
    readonly months: readonly RailMonth[];
    readonly current: number;
  }>;
  /** Where the wall is on the rail, 0 to 1: it changes with every frame of scrolling. */
  readonly railProgress: Signal<number>;
  /** Undefined at the top of the wall, and in the order of best match. */
  readonly stickyHeading: Signal<StickyHeading | undefined>;
  readonly task: Signal<OpenTask | undefined>;
  readonly selection: Signal<Selection>;
  readonly selectedCount: ReadonlySignal<number>;
  /** Id of the tile that the Tab key reaches. */
  readonly focusedKey: Signal<string | undefined>;
  /** Whether the answer to the latest input is not here yet. */
  readonly isStale: Signal<boolean>;
  readonly newTasks: Signal<number>;
  readonly toast: Signal<Toast | undefined>;
  /** Whether any task has a tag. */
  readonly hasTags: Signal<boolean>;
  readonly markControls: Signal<MarkControls | undefined>;
  readonly collectionControls: Signal<CollectionControls | undefined>;
  /** What of the marks of the open task is to get the focus, as soon as it is there. */
  readonly editedMark: Signal<EditedMark | undefined>;
  /** By the id of the task. */
  readonly noteDrafts: Map<string, NoteDraft>;
  /** Where the page continues without a script. */
  readonly nextCursor: string | null;
}

export interface App extends Shell {
  readonly state: AppState;
  /** Undefined on the server, and without a script. */
  readonly actions: Actions | undefined;
}

const AppContext = createContext<App | undefined>(undefined);

/** For the components of the wall, and for those of every page. */
export function AppProvider({ value, children }: { value: App; children: ComponentChildren }) {
  return h(ShellProvider, { value }, h(AppContext.Provider, { value }, children));
}

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('a component outside the page');
  return app;
}
