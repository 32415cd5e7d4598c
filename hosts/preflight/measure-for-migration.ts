import type { MigrationModel } from '../../core/descriptor/model.ts';
import type { MeasuredDirtyRate } from '../../core/facts/host-facts.ts';
import type { HostSnapshot } from '../../core/facts/snapshot.ts';
import { measureDirtyRate } from '../dirty-rate.ts';
import { HostError } from '../host-error.ts';
import type { HostSession } from '../session.ts';

/** Defaults of `preflight.dirtyRate`. */
const defaults = { calcTimeMs: 1000, samples: 5 };

/**
 * Measures the dirty rate where the file asks for it (`preflight.dirtyRate`), and puts the median into
 * the facts of the domain. A measurement that fails leaves the facts as they are.
 */
export async function withDirtyRate(
  said: HostSnapshot,
  model: MigrationModel,
  around: {
    readonly session: () => Promise<HostSession>;
    readonly now: () => number;
    readonly signal: AbortSignal;
  },
): Promise<HostSnapshot> {
  const asked = model.preflight?.dirtyRate;
  const named = model.domain?.value;
  const domain = said.domains.ok
    ? said.domains.value.find(({ name, uuid }) => name === named || uuid === named)
    : undefined;
  if (asked === undefined || domain?.state !== 'running' || !said.domains.ok) return said;
  let dirtyRate: MeasuredDirtyRate;
  try {
    const { now, signal } = around;
    const calcTimeMs = asked.calcTime?.value.amount ?? defaults.calcTimeMs;
    const measured = await measureDirtyRate(await around.session(), domain.uuid, {
      mode: asked.mode?.value,
      calcTimeMs,
      samples: asked.samples?.value ?? defaults.samples,
      signal,
      now,
    });
    dirtyRate = {
      bytesPerSecond: measured.medianBytesPerSecond,
      at: now(),
      calcTimeSeconds: calcTimeMs / 1000,
      mode: measured.mode,
    };
  } catch (error) {
    if (error instanceof HostError && error.kind !== 'cancelled') return said;
    throw error;
  }
  const domains = said.domains.value.map((each) =>
    each === domain ? { ...each, dirtyRate } : each,
  );
  return { ...said, domains: { ...said.domains, value: domains } };
}
