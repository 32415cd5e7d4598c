import type { FactsSnapshot, HostSnapshot } from '../../core/facts/snapshot.ts';
import type { Message } from '../../core/messages.ts';
import { createSignal } from '../signal.ts';

/** What is known of one host. */
export type HostState =
  /** Nobody has asked it yet. */
  | { readonly kind: 'unasked' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'answered'; readonly snapshot: HostSnapshot; readonly connected: boolean }
  | { readonly kind: 'failed'; readonly failure: HostFailure };

/** Why a host could not be asked, for people. */
export interface HostFailure {
  /** One sentence: what is wrong. */
  readonly cause: Message;
  /** One sentence: what to do. */
  readonly advice: Message;
  /** Lines that explain it further, e.g. which keys were tried; as the host or ssh said them. */
  readonly details: readonly string[];
}

/** A measured dirty rate of a guest. */
export interface MeasuredDirtyRate {
  /** Median and largest sample, bytes per second. */
  readonly median: number;
  readonly highest: number;
  readonly samples: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What hosts have said so far: one place that the views, the commands and the server share. */
export class HostStates {
  readonly changed = createSignal<string>();
  private readonly states = new Map<string, HostState>();
  private readonly snapshots = new Map<string, HostSnapshot>();
  private readonly rates = new Map<string, MeasuredDirtyRate>();

  of(host: string): HostState {
    return this.states.get(host) ?? { kind: 'unasked' };
  }

  set(host: string, state: HostState): void {
    this.states.set(host, state);
    // Facts of a host that has fallen silent are still facts, with their age; they are replaced,
    // never forgotten, so that the reason a check waits does not flicker.
    if (state.kind === 'answered') this.snapshots.set(host, state.snapshot);
    this.changed.fire(host);
  }

  /** Facts for checks alone: the reason why a host does not answer, beside the state that shows it. */
  keepFacts(host: string, snapshot: HostSnapshot): void {
    this.snapshots.set(host, snapshot);
    this.changed.fire(host);
  }

  /** The connection has ended; what the host said stays. */
  disconnected(host: string): void {
    const state = this.of(host);
    if (state.kind === 'answered' && state.connected) {
      this.set(host, { ...state, connected: false });
    }
  }

  /** Everything that was answered, for the language server and for checks. */
  facts(): FactsSnapshot {
    return { format: 'livemigrate-facts/1', hosts: Object.fromEntries(this.snapshots) };
  }

  dirtyRate(host: string, domain: string): MeasuredDirtyRate | undefined {
    return this.rates.get(`${host}\n${domain}`);
  }

  setDirtyRate(host: string, domain: string, rate: MeasuredDirtyRate): void {
    this.rates.set(`${host}\n${domain}`, rate);
    this.changed.fire(host);
  }

  /** Hosts that left the inventory are forgotten, so that their facts judge nothing any more. */
  keepOnly(hosts: ReadonlySet<string>): void {
    const gone = [...this.states.keys()].filter((host) => !hosts.has(host));
    for (const host of gone) {
      this.states.delete(host);
      this.snapshots.delete(host);
      this.changed.fire(host);
    }
  }
}
