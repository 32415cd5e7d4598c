import * as vscode from 'vscode';
import type { Message } from '../core/messages.ts';
import { HostError } from '../hosts/host-error.ts';
import { RecordUnwritable } from '../hosts/run/record-unwritable.ts';

/** A message of core in the editor's language. */
export function show(message: Message): string {
  const args = message.args.map((each) => (typeof each === 'object' ? show(each) : each));
  return vscode.l10n.t(message.text, ...args);
}

/** The sentence of an error of any kind, for a log or as the detail of a message. */
export function causeOf(error: unknown): string {
  if (error instanceof HostError || error instanceof RecordUnwritable) return show(error.say);
  return error instanceof Error ? error.message : String(error);
}

/** A text of core's tables in the editor's language, its placeholders left in place. */
export function translate(text: string): string {
  return vscode.l10n.t(text);
}
