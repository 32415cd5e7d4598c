import type { Command } from './command.ts';
import { command } from './command.ts';

/**
 * A probe of shared storage: a file that is made beside an image on one host and looked for beside
 * the image on the other. Links are followed first, because a shared folder can hold a link that
 * leads to another file on each host.
 */
const makeScript = `set -eu
umask 077
image=$(readlink -e -- "$1")
made=$(mktemp "\${image%/*}/.livemigrate-probe.XXXXXXXXXX")
trap 'rm -f -- "$made"' EXIT
printf '%s\\n' "$2" >"$made"
sync -- "$made" 2>/dev/null || sync
trap - EXIT
printf '%s\\n%s\\n' "\${made##*/}" "\${image##*/}"
`;

const lookScript = `set -eu
image=$(readlink -e -- "$1")
[ "\${image##*/}" = "$2" ] || { echo other; exit 0; }
# The other host may see a new file a moment later.
for again in 1 2 3; do
  if [ "$(cat -- "\${image%/*}/$3" 2>/dev/null)" = "$4" ]; then echo seen; exit 0; fi
  sleep 1
done
echo unseen
`;

const removeScript = `set -eu
image=$(readlink -e -- "$1")
case $2 in .livemigrate-probe.*) ;; *) exit 64 ;; esac
case $2 in */*) exit 64 ;; esac
rm -f -- "\${image%/*}/$2"
`;

/** Prints the name of the file that it made beside the image, then the image's own name. */
export function makeProbeCommand(image: string, token: string): Command {
  return command('sh', '-c', makeScript, 'livemigrate-probe', image, token);
}

/** Prints `seen` when the file with that token is beside the image of the same name. */
export function lookForProbeCommand(
  image: string,
  probe: { readonly file: string; readonly imageName: string; readonly token: string },
): Command {
  const { file, imageName, token } = probe;
  return command('sh', '-c', lookScript, 'livemigrate-probe', image, imageName, file, token);
}

export function removeProbeCommand(image: string, file: string): Command {
  return command('sh', '-c', removeScript, 'livemigrate-probe', image, file);
}
