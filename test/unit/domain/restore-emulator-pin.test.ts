import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emulatorPinOf, restoreEmulatorPin } from '../../../core/domain/restore-emulator-pin.ts';

const xml = (pin: string): string => `<domain type='kvm'>
  <name>vm</name>
  <!-- <cputune><emulatorpin cpuset='9'/></cputune> -->
  <cputune>
    <vcpupin vcpu='0' cpuset='1'/>${pin}
  </cputune>
</domain>
`;
const pinned = xml("\n    <emulatorpin cpuset='2-3'/>");

test('a pin that the run made is taken out, with its line and nothing else', () => {
  assert.deepEqual(restoreEmulatorPin(pinned, undefined), { ok: true, xml: xml('') });
  assert.deepEqual(restoreEmulatorPin(xml(''), undefined), { ok: true, xml: xml('') });
});

test('a pin that was there before the run gets its CPUs back', () => {
  const before = xml("\n    <emulatorpin cpuset='0,4-5'/>");
  assert.equal(emulatorPinOf(before), '0,4-5');
  assert.deepEqual(restoreEmulatorPin(pinned, '0,4-5'), { ok: true, xml: before });
});

test('XML that cannot be read is refused', () => {
  assert.equal(restoreEmulatorPin(pinned.slice(0, -12), undefined).ok, false);
  assert.equal(restoreEmulatorPin(pinned, "'/><x").ok, false);
  assert.equal(emulatorPinOf('<domain/>'), undefined);
});
