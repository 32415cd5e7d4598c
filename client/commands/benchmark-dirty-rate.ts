import * as vscode from 'vscode';
import { loadDescriptor } from '../../core/descriptor/load.ts';
import { formatRate } from '../../core/units/quantity.ts';
import { measureDirtyRate } from '../../hosts/dirty-rate.ts';
import type { Connections } from '../connections/connections.ts';
import type { HostStates } from '../connections/host-states.ts';
import { isCancellation } from '../migration/preflight-command.ts';
import { causeOf, show } from '../text.ts';
import type { DomainTarget } from './targets.ts';

/** How a measurement is made; the file's `preflight.dirtyRate`, or the defaults of the format. */
export interface Measurement {
  readonly mode: 'page-sampling' | 'dirty-bitmap' | 'dirty-ring';
  readonly calcTimeMs: number;
  readonly samples: number;
}

export interface BenchmarkTools {
  readonly connections: Connections;
  readonly states: HostStates;
  readonly log: vscode.LogOutputChannel;
}

/** Measures how fast a guest changes its memory, shows it and remembers it for the tree. */
export async function benchmarkDirtyRate(
  { host, domain }: DomainTarget,
  measurement: Measurement,
  { connections, states, log }: BenchmarkTools,
): Promise<void> {
  try {
    const result = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Measuring the dirty rate of {0} on {1}', domain, host),
        cancellable: true,
      },
      async (progress, token) => {
        const stop = new AbortController();
        token.onCancellationRequested(() => {
          stop.abort();
        });
        const session = await connections.session(host);
        let measured = 0;
        return measureDirtyRate(session, domain, {
          ...measurement,
          signal: stop.signal,
          onSample: ({ bytesPerSecond }) => {
            measured++;
            progress.report({
              increment: 100 / measurement.samples,
              message: vscode.l10n.t(
                '{0} of {1}: {2}',
                measured,
                measurement.samples,
                formatRate(bytesPerSecond),
              ),
            });
          },
        });
      },
    );
    states.setDirtyRate(host, domain, {
      median: result.medianBytesPerSecond,
      highest: result.maxBytesPerSecond,
      samples: result.samples.length,
      at: Date.now(),
    });
    const text = vscode.l10n.t(
      '{0} dirties {1} (median of {2} samples; {3} to {4}).',
      domain,
      formatRate(result.medianBytesPerSecond),
      result.samples.length,
      formatRate(result.minBytesPerSecond),
      formatRate(result.maxBytesPerSecond),
    );
    log.info(text);
    for (const note of result.notes) log.info(show(note));
    void vscode.window.showInformationMessage(text);
  } catch (error) {
    if (isCancellation(error)) return;
    log.error(`dirty rate of ${domain} on ${host}: ${causeOf(error)}`);
    const showLog = vscode.l10n.t('Show Log');
    const chosen = await vscode.window.showErrorMessage(
      vscode.l10n.t('The dirty rate of {0} could not be measured: {1}', domain, causeOf(error)),
      showLog,
    );
    if (chosen === showLog) log.show();
  }
}

/** What a migration file asks for; the defaults where it says nothing or is no migration. */
export function measurementOf(uri: string, text: string): Measurement {
  const descriptor = loadDescriptor(uri, text);
  const wanted =
    descriptor.kind === 'Migration' ? descriptor.migration.preflight?.dirtyRate : undefined;
  return {
    mode: wanted?.mode?.value ?? defaultMeasurement.mode,
    calcTimeMs: wanted?.calcTime?.value.amount ?? defaultMeasurement.calcTimeMs,
    samples: wanted?.samples?.value ?? defaultMeasurement.samples,
  };
}

export const defaultMeasurement: Measurement = {
  mode: 'page-sampling',
  calcTimeMs: 1000,
  samples: 5,
};
