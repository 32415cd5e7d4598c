import * as vscode from 'vscode';
import type { DomainTarget } from '../commands/targets.ts';
import type { Connections } from '../connections/connections.ts';
import type { HostStates } from '../connections/host-states.ts';
import { show } from '../text.ts';

/** The XML of a domain as its host has it now. Throws with the reason when it cannot be had. */
export async function liveXmlOf(
  { host, domain }: DomainTarget,
  connections: Connections,
  states: HostStates,
): Promise<string> {
  await connections.ask(host);
  const state = states.of(host);
  if (state.kind === 'failed') {
    throw new Error(show(state.failure.cause));
  }
  if (state.kind !== 'answered') throw new Error(vscode.l10n.t('{0} was not asked yet', host));
  const { domains } = state.snapshot;
  if (!domains.ok) throw new Error(`${host}: ${domains.why}`);
  const found = domains.value.find((each) => each.name === domain);
  if (found === undefined) throw new Error(vscode.l10n.t('{0} has no domain {1}', host, domain));
  return found.xml;
}
