import { say } from '../../messages.ts';
import { defineRule } from '../rule.ts';
import { blockedFormat } from './image-format.ts';

export default defineRule({
  id: 'qemu-fmt-qcow1',
  severity: 'error',
  summary: say('No disk of the guest is an image in the old qcow format.'),
  ...blockedFormat(['qcow'], 'qcow'),
});
