import { say } from '../messages.ts';
import type { ElementDocumentation } from './documentation.ts';

const section = 'hypervisor-features';
const timekeeping = 'time-keeping';

export const features: Readonly<Record<string, ElementDocumentation>> = {
  features: {
    section,
    means: say(
      'Features of the machine and the hypervisor that the guest sees; one that is not named is off.',
    ),
    migration: say(
      'They are part of what the guest sees: the destination must offer the same ones.',
    ),
    children: {
      acpi: { means: say('ACPI; without it a guest cannot be shut down gracefully.') },
      apic: { means: say('The interrupt controller of x86.') },
      pae: { means: say('Lets 32-bit guests reach more than 4 GiB.') },
      hyperv: {
        means: say('Enlightenments for Windows guests.'),
        migration: say('The destination’s QEMU and kernel must know each that is on.'),
        attributes: {
          mode: {
            since: '8.0.0',
            default: 'custom',
            means: say('Which enlightenments there are.'),
            values: {
              custom: say('Those that are listed.'),
              passthrough: say('All that the host offers: QEMU refuses to migrate such a guest.'),
              'host-model': say('Those that the host offers, fixed at start.'),
            },
          },
        },
        children: {
          reenlightenment: {
            since: '4.7.0',
            means: say(
              'Tells Windows after a migration that the frequency of its clock may have changed.',
            ),
          },
          evmcs: { since: '4.10.0', means: say('Speeds up nested virtualization on Intel.') },
        },
      },
      kvm: {
        means: say('How KVM shows itself to the guest.'),
        children: {
          hidden: { since: '1.2.8', means: say('Hides KVM from the guest.') },
          'dirty-ring': {
            since: '8.0.0',
            means: say('Keeps account of written pages in a ring for each virtual CPU.'),
            migration: say('The dirty rate can then be measured for each virtual CPU.'),
          },
        },
      },
      pmu: { since: '1.2.12', means: say('The performance counters of the processor.') },
      vmport: { since: '1.2.16', means: say('The I/O port of VMware, for its mouse driver.') },
      gic: {
        since: '1.2.16',
        means: say('The interrupt controller of Arm.'),
        migration: say('Both hosts must offer this version; an old kernel cannot migrate it.'),
        attributes: { version: { means: say('2, 3, or the host’s own.') } },
      },
      smm: { since: '2.1.0', means: say('System Management Mode, which Secure Boot needs.') },
      ioapic: { since: '3.4.0', means: say('Whether KVM or QEMU is the I/O APIC.') },
      vmcoreinfo: {
        since: '4.4.0',
        means: say('Lets the guest’s kernel store details for a dump.'),
      },
      'async-teardown': {
        since: '9.6.0',
        means: say('Frees the memory of an ended guest in the background.'),
      },
    },
  },
  clock: {
    section: timekeeping,
    means: say('What the guest’s hardware clock starts from.'),
    migration: say(
      'The guest’s time goes on across a migration; both hosts must keep the right time (NTP), or it jumps.',
    ),
    attributes: {
      offset: {
        means: say('What the clock is set to at start.'),
        values: {
          utc: say('UTC; what most systems expect.'),
          localtime: say(
            'The host’s time zone; what Windows expects. Both hosts should have the same one.',
          ),
          timezone: say('A time zone that is named.'),
          variable: say('UTC or local time with a difference that the guest may change.'),
          absolute: say('A given moment, at each start (since libvirt 8.4.0).'),
        },
      },
      adjustment: { means: say('Difference in seconds, or reset.') },
      timezone: { means: say('Name of the time zone, for example Asia/Shanghai.') },
      basis: { since: '0.9.11', default: 'utc', means: say('What adjustment is relative to.') },
    },
    children: {
      timer: {
        means: say('One clock of the guest.'),
        attributes: {
          name: {
            means: say('Which clock it is.'),
            values: {
              tsc: say('The processor’s time stamp counter.'),
              kvmclock: say('The clock of KVM for Linux guests.'),
              hypervclock: say('The clock of Hyper-V for Windows guests.'),
              rtc: say('The battery clock.'),
              pit: say('The old interval timer.'),
              hpet: say('The high precision timer.'),
              armvtimer: say('The timer of Arm.'),
              platform: say('The platform’s own.'),
            },
          },
          present: { means: say('Whether the guest has it.') },
          tickpolicy: {
            means: say(
              'What becomes of ticks that the guest missed, as it does in the pause of a migration.',
            ),
            values: {
              delay: say('They come later, at the normal rate; the guest’s time stays behind.'),
              catchup: say('They come faster until the guest has caught up.'),
              merge: say('They become one.'),
              discard: say('They are lost; the guest sees its time jump.'),
            },
          },
          frequency: {
            means: say('For tsc: its frequency in Hz.'),
            migration: say(
              'A guest with the feature invtsc can only move when this is given; the destination must have this frequency or be able to scale to it.',
            ),
          },
          mode: { means: say('For tsc: how it is made.') },
          track: { means: say('For rtc and platform: which time it follows.') },
        },
      },
    },
  },
};
