import type { Command } from './command.ts';
import { command } from './command.ts';

/**
 * Creates an image and never overwrites: `qemu-img create` alone truncates whatever is there. The
 * image is made under a name of its own in the same directory and then linked to its place; link(2)
 * fails when anything at all has that name, a dangling link or a device included (a shell's
 * noclobber would open a device). On success it prints device, inode and birth time of the file,
 * by which the undo knows it again: an inode number alone can be reused.
 */
const createScript = `set -u
umask 077
path=$1 format=$2 size=$3
shift 3
taken() { echo "$path exists already; an existing file is never overwritten" >&2; exit 73; }
case $path in /*) ;; *) echo "$path is not an absolute path" >&2; exit 64 ;; esac
[ -e "$path" ] || [ -L "$path" ] && taken
directory=\${path%/*}/
[ -d "$directory" ] || { echo "there is no directory $directory" >&2; exit 72; }
made=$(mktemp "$directory.livemigrate.XXXXXXXXXX") || exit 73
trap 'rm -f -- "$made"' EXIT
trap 'exit 75' HUP INT TERM
qemu-img create -q -f "$format" "$@" -- "$made" "$size" >&2 || exit 74
ln -- "$made" "$path" 2>/dev/null || {
  [ -e "$path" ] || [ -L "$path" ] && taken
  echo "$path cannot be linked into place: the file system may know no hard links" >&2
  exit 73
}
made_identity=$(stat -c '%d:%i:%W' -- "$made") || exit 74
identity=$(stat -c '%d:%i:%W' -- "$path") || exit 74
[ "$identity" = "$made_identity" ] || taken
printf '%s\\n' "$identity"
`;

/**
 * Removes an image of a failed run. The identity that its creation printed comes on standard input;
 * a file that is not that very one, or that a QEMU has open for writing, stays.
 */
const removeScript = `set -u
path=$1
IFS= read -r identity || exit 64
[ -n "$identity" ] || exit 64
if [ ! -e "$path" ] && [ ! -L "$path" ]; then echo gone; exit 0; fi
if [ -L "$path" ] || [ "$(stat -c '%d:%i:%W' -- "$path")" != "$identity" ]; then
  echo "$path is not the file that this run created; it stays" >&2
  exit 73
fi
said=$(qemu-img info -- "$path" 2>&1) || case $said in
  *lock*) echo "$path is in use; it stays" >&2; exit 75 ;;
esac
rm -- "$path" && echo removed
`;

export interface NewImage {
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
  /** Bytes, exactly. */
  readonly size: number;
  /** The image below it, which must be there. */
  readonly backing?: { readonly path: string; readonly format: string } | undefined;
}

export function createImageCommand({ path, format, size, backing }: NewImage): Command {
  return command(
    'sh',
    '-c',
    createScript,
    'livemigrate-create',
    path,
    format,
    String(size),
    ...(backing === undefined ? [] : ['-b', backing.path, '-F', backing.format]),
  );
}

/**
 * Looks whether an image is still in its place: prints `there`, `gone` or `replaced`. The identity that
 * its creation printed comes on standard input; with an empty line any file of that name counts.
 */
export function findImageCommand(path: string): Command {
  const script = `IFS= read -r identity
if [ ! -e "$1" ]; then echo gone
elif [ -n "$identity" ] && [ "$(stat -L -c '%d:%i:%W' -- "$1")" != "$identity" ]; then echo replaced
else echo there
fi
`;
  return command('sh', '-c', script, 'livemigrate-find', path);
}

/** Prints the SHA-256 of a file as it lies on the host, header and all. */
export function hashFileCommand(path: string): Command {
  return command(
    'sh',
    '-c',
    'set -eu\nsum=$(nice sha256sum <"$1")\nprintf "%s\\n" "${sum%% *}"',
    'livemigrate-hash',
    path,
  );
}

/** Fails unless the file has the SHA-256 that comes on standard input. */
export function compareHashCommand(path: string): Command {
  const script = `set -eu
IFS= read -r wanted
case $wanted in ''|*[!0-9a-f]*) echo 'there is no checksum to compare with' >&2; exit 64 ;; esac
sum=$(nice sha256sum <"$1")
[ "\${sum%% *}" = "$wanted" ] || { echo "$1 is not the same file on both hosts: its SHA-256 differs" >&2; exit 65; }
`;
  return command('sh', '-c', script, 'livemigrate-compare', path);
}

export function removeImageCommand(path: string): Command {
  return command('sh', '-c', removeScript, 'livemigrate-remove', path);
}

/**
 * Fails unless the top layer of an image holds nothing. An incremental copy writes only where the
 * source's top layer holds something: whatever else the image holds would stay in it.
 */
export function requireEmptyTopCommand(path: string): Command {
  const script = `set -u
map=$(qemu-img map --output=json -- "$1") || exit 74
case $map in *'"present"'*) ;; *) echo "qemu-img here cannot tell whether $1 is empty" >&2; exit 69 ;; esac
if printf '%s\\n' "$map" | grep -Eq '"depth": *0,.*"present": *true'; then
  echo "$1 is not empty: an incremental copy would leave in it what it holds" >&2
  exit 73
fi
`;
  return command('sh', '-c', script, 'livemigrate-empty', path);
}
