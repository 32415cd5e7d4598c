import { render } from '../core/messages.ts';
import type { Problem } from '../core/problems.ts';
import { groupWaiting } from '../core/service/code-lenses.ts';
import { migrationOf } from '../core/service/context.ts';
import type { ServiceContext } from '../core/service/context.ts';
import type { Diagnosis } from '../core/service/diagnose.ts';
import type { CheckResponse, CheckedProblem, ModelResponse } from '../core/service/protocol.ts';
import { messageWithEvidence, toRange } from './convert.ts';
import type { Conversion } from './convert.ts';

/** Answers `livemigrate/check`. */
export function checkResponse(diagnosis: Diagnosis, conversion: Conversion): CheckResponse {
  return {
    problems: diagnosis.problems.map((problem) => checkedProblem(problem, conversion)),
    waiting: groupWaiting(diagnosis.waiting).map(({ host, why, rules }) => ({
      host: host ?? null,
      why: render(why, conversion.translate),
      rules,
    })),
  };
}

function checkedProblem(problem: Problem, conversion: Conversion): CheckedProblem {
  return {
    uri: problem.uri,
    range: toRange(problem, conversion),
    code: problem.code,
    severity: problem.severity,
    message: messageWithEvidence(problem, conversion),
    documentation: conversion.documentation(problem.code) ?? null,
    fixes: problem.fixes.map((fix) => ({
      title: render(fix.title, conversion.translate),
      edits: fix.edits.map((edit) => ({
        uri: edit.uri,
        range: toRange(edit, conversion),
        newText: edit.newText,
      })),
    })),
  };
}

/** Answers `livemigrate/model`. */
export function modelResponse(context: ServiceContext): ModelResponse {
  const around = migrationOf(context);
  if (around === undefined) return null;
  const { domain, source, destination, storage } = around.descriptor.migration;
  return {
    domain: domain?.value ?? null,
    source: source?.value ?? null,
    destination: destination?.value ?? null,
    domainXml: around.domainXml?.uri ?? null,
    inventories: around.inventories.map((inventory) => inventory.uri),
    disks: (storage?.disks?.items ?? []).flatMap((item) =>
      item.target === undefined
        ? []
        : [{ target: item.target.value, action: item.action?.value ?? null }],
    ),
  };
}
