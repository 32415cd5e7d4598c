import * as vscode from 'vscode';
import type { HostKeyQuestion, PasswordQuestion } from '../../hosts/ssh/target.ts';

/** Asks whether an unknown host key is to be trusted and written to known_hosts. */
export async function confirmHostKey({
  host,
  address,
  keyType,
  fingerprint,
}: HostKeyQuestion): Promise<boolean> {
  const trust = vscode.l10n.t('Trust This Key');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('{0} is not known yet. Is this its key?', host),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Host: {0} ({1})\nKey type: {2}\nFingerprint: {3}\n\nCompare the fingerprint with what the host itself prints (ssh-keygen -lf on its public key). A trusted key is added to known_hosts of the machine that runs this extension.',
        host,
        address,
        keyType,
        fingerprint,
      ),
    },
    trust,
  );
  return chosen === trust;
}

/** Asks for the passphrase of a key file; undefined when the user closes the box. */
export async function askPassphrase(
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  return askSecret(vscode.l10n.t('Passphrase of {0}', file), { echo: false }, signal);
}

/** Asks what the host itself wants to know; undefined when the user closes the box. */
export async function askPassword(
  { host, user, prompt, echo }: PasswordQuestion,
  signal: AbortSignal,
): Promise<string | undefined> {
  const title = vscode.l10n.t('{0} asks {1}: {2}', host, user, prompt.trim());
  return askSecret(title, { echo }, signal);
}

async function askSecret(
  title: string,
  { echo }: { readonly echo: boolean },
  signal: AbortSignal,
): Promise<string | undefined> {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => {
    source.cancel();
  };
  signal.addEventListener('abort', cancel);
  try {
    return await vscode.window.showInputBox(
      {
        title,
        prompt: vscode.l10n.t('It is used for this connection and kept nowhere.'),
        password: !echo,
        ignoreFocusOut: true,
      },
      source.token,
    );
  } finally {
    signal.removeEventListener('abort', cancel);
    source.dispose();
  }
}
