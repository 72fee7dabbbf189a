/**
 * Where the bytes of archived images are kept: in a folder, or in a bucket of an object store. What reads or writes them does so by
 * this interface, and knows no paths.
 */
import type { Readable } from 'node:stream';
import type { OperatorError } from '../lib/operator-error.ts';
import type { ArchivedImage } from '../store/contract/images.ts';
import { getExtension, getMediaType } from './formats.ts';
import type { ReceivedFile } from './received-files.ts';

export type NamedImage = Pick<ArchivedImage, 'sha256' | 'mediaType'>;

/** Part of an image. As in the header `Range`, `end` is the last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ImageStat {
  /** Size of the whole image. */
  readonly bytes: number;
  /** Differs once the image has been replaced or written to. */
  readonly version: string;
}

/** Bytes that are read once, in one of these ways, or closed. */
export interface ImageContent {
  /** How many will be read. */
  readonly bytes: number;
  /** Of the image, as in `ImageStat`. */
  readonly version: string;
  /** @throws the system's error */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** @param options of the stream: what ends it early, and the size of its chunks in bytes */
  stream(options?: { readonly signal?: AbortSignal; readonly highWaterMark?: number }): Readable;
  close(): Promise<void>;
}

/** Every function throws the system's error if the storage does not work. */
export interface ImageStorage {
  /** Where an image is, or would be, for people to read. */
  locate(image: NamedImage): string;
  /** Without reading it. @returns undefined if it is not there */
  stat(image: NamedImage): Promise<ImageStat | undefined>;
  /**
   * Opens a part of an image, all of it by default. Its bytes are not compared with its hash: see intact-images.ts.
   * @returns undefined if it is not there, empty, or no longer as long as that
   */
  open(image: NamedImage, range?: ByteRange): Promise<ImageContent | undefined>;
  /** Calls `work` with a local file that has the bytes of the image's name. @throws ImageMissing if there are no such bytes */
  withLocalFile<T>(image: NamedImage, work: (path: string) => Promise<T>): Promise<T>;
  /** Stores a received file, which is complete by then: identical bytes are stored once. */
  store(received: ReceivedFile, image: NamedImage): Promise<void>;
  remove(image: NamedImage): Promise<void>;
  /** The images whose hashes begin with these two digits: their sizes by name, undefined where a size would cost a call each. */
  list(prefix: string): Promise<ReadonlyMap<string, number | undefined>>;
  /** Checks that it works, as far as that can be told without an image. @throws what is wrong, in words for the operator */
  checkAccess(): Promise<void>;
  /** Why it did not work when it was last used, in words for the operator; undefined if it did. */
  readProblem(): OperatorError | undefined;
  /** Ends its connections. */
  close(): void;
}

/** An image is not where it was stored, or its bytes are no longer those of its name. */
export class ImageMissing extends Error {
  override readonly name = 'ImageMissing';
}

export function nameImage({ sha256, mediaType }: NamedImage): string {
  return `${sha256}.${getExtension(mediaType)}`;
}

/** `images/ab/abcd….png`, with `/` on every platform. */
export function getImageKey(image: NamedImage): string {
  return `images/${image.sha256.slice(0, 2)}/${nameImage(image)}`;
}

/** The image with this key; undefined if it is no key of an image. */
export function parseImageKey(key: string): NamedImage | undefined {
  const [, folder, sha256 = '', extension = ''] =
    /^images\/([0-9a-f]{2})\/([0-9a-f]{64})\.([a-z0-9]+)$/.exec(key) ?? [];
  const mediaType = getMediaType(extension);
  return mediaType !== undefined && sha256.slice(0, 2) === folder ? { sha256, mediaType } : undefined;
}
