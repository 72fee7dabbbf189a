/** Runs a program of an image as `docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges` does. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type Image, NAMESPACES } from './image.ts';

interface RunOptions {
  readonly args: readonly string[];
  /** Folder of this machine for the image's only volume. */
  readonly volume: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The root is mounted read-only; the volume, an own /tmp and /proc are mounted over it, all of it in namespaces of its own. */
const SCRIPT = `
root=$1 volume=$2 target=$3 user=$4 directory=$5; shift 5
mount --bind "$root" "$root"
mount --bind "$volume" "$root$target"
mount -t tmpfs tmpfs "$root/tmp"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,bind,ro "$root" "$root"
cd /
exec chroot "$root" setpriv --reuid "$user" --regid "$user" --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs \\
  sh -c 'cd "$0" && exec "$@"' "$directory" "$@"`;

export function startInImage(
  image: Image,
  { args, volume, env = {} }: RunOptions,
): ChildProcessByStdio<null, Readable, Readable> {
  const [target, ...others] = image.volumes;
  if (target === undefined || others.length > 0) throw new Error('an image with one volume is expected');
  const values = [image.root, volume, target, image.user, image.directory];
  return spawn('unshare', [...NAMESPACES, 'sh', '-ec', SCRIPT, 'run', ...values, ...args], {
    env: { ...Object.fromEntries(image.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
