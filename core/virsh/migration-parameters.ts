import type { Command } from './command.ts';
import { command } from './command.ts';

/** virsh ends with 0 whatever QEMU says, so the answer is looked at. */
const ask = `set -eu
ask() {
  answer=$(virsh -c qemu:///system qemu-monitor-command --domain "$1" --cmd "$2")
  case $answer in *'"return":'*) ;; *) printf '%s\\n' "$answer" >&2; exit 65 ;; esac
}
`;

/**
 * $1 domain, $2 what to set, then the names. Prints the QMP command that puts the values back that
 * were there; a name that this QEMU does not list ends it before anything is set.
 */
const setScript = `${ask}
uuid=$1 wanted=$2
shift 2
ask "$uuid" '{"execute":"query-migrate-parameters"}'
former=
for name in "$@"; do
  value=$(printf '%s\\n' "$answer" | sed -n "s/.*\\"$name\\":\\(\\"[^\\"]*\\"\\|[^,}]*\\).*/\\1/p")
  [ -n "$value" ] || { echo "this QEMU has no migration parameter $name" >&2; exit 65; }
  former="$former\${former:+,}\\"$name\\":$value"
done
ask "$uuid" "$wanted"
printf '{"execute":"migrate-set-parameters","arguments":{%s}}\\n' "$former"
`;

const restoreScript = `${ask}
IFS= read -r former
ask "$1" "$former"
`;

export type ParameterValues = Readonly<Record<string, string | number | boolean>>;

/** Sets raw parameters of the domain's QEMU and prints how to put the old values back. */
export function setParametersCommand(uuid: string, values: ParameterValues): Command {
  const wanted = JSON.stringify({ execute: 'migrate-set-parameters', arguments: values });
  const names = Object.keys(values);
  const odd = names.find((name) => !/^[a-z0-9-]+$/.test(name));
  if (odd !== undefined) throw new Error(`not the name of a parameter: ${odd}`);
  return command('sh', '-c', setScript, 'livemigrate-parameters', uuid, wanted, ...names);
}

/** Puts back what `setParametersCommand` printed; it comes on standard input. */
export function restoreParametersCommand(uuid: string): Command {
  return command('sh', '-c', restoreScript, 'livemigrate-restore', uuid);
}
