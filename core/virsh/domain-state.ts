/** What `virsh domstate --reason` said, or why it said nothing. */
export type DomainState =
  | { readonly kind: 'present'; readonly state: string; readonly reason: string | undefined }
  | { readonly kind: 'absent' }
  /** The host could not tell: never to be taken for absent. */
  | { readonly kind: 'unknown'; readonly text: string };

/**
 * Reads the output of `virsh domstate --reason`. Only libvirt's own “failed to get domain” means
 * that the domain is not there; a daemon that does not answer leaves it unknown.
 */
export function parseDomainState(output: {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}): DomainState {
  // A warning of the client library may stand before the answer.
  const text = output.stdout.trim().split('\n').at(-1)?.trim() ?? '';
  if (output.code === 0) {
    const match = /^([^()\n]+?)(?: \((.*)\))?$/.exec(text);
    const state = match?.[1];
    if (state !== undefined) return { kind: 'present', state, reason: match?.[2] };
    return { kind: 'unknown', text };
  }
  const said = `${output.stderr}\n${output.stdout}`.trim();
  const unreachable = /failed to connect|Failed to connect|Cannot recv data/.test(said);
  if (!unreachable && /failed to get domain|Domain not found|no domain with matching/.test(said)) {
    return { kind: 'absent' };
  }
  return { kind: 'unknown', text: said };
}

/** The guest's CPUs execute: running, and also the blink of `in shutdown` before it is off. */
export function isRunning(state: DomainState): boolean {
  return state.kind === 'present' && state.state === 'running';
}

/**
 * `active`: memory is on its way by post-copy; `failed`: it stopped half-way, and the domain's memory
 * is on two hosts. Undefined for any other state.
 */
export function postCopyOf(state: DomainState): 'active' | 'failed' | undefined {
  if (state.kind !== 'present') return undefined;
  if (state.reason === 'post-copy failed') return 'failed';
  return state.reason === 'post-copy' ? 'active' : undefined;
}
