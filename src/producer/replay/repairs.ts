import { ConfigError, messageOf } from '../../errors.js';
import { checkFix, type GeoFix } from '../../geo/fix.js';

/** Fixes that take the place of dead letters' originals, by the letters' ids. */
export type Repairs = ReadonlyMap<string, GeoFix>;

/**
 * Reads lines as `stagecoach dead-letters --json` prints them. Of each, `id` says which letter is
 * meant, and `fix` what is sent in its place; the rest is ignored.
 *
 * @throws {ConfigError} that names every line that can't be used
 */
export function parseRepairs(text: string): Repairs {
  const repairs = new Map<string, GeoFix>();
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const repair = parseRepair(line);
    if (typeof repair === 'string') problems.push(`line ${index + 1}: ${repair}`);
    else if (repairs.has(repair.id)) problems.push(`line ${index + 1}: ${repair.id} comes again`);
    else repairs.set(repair.id, repair.fix);
  }
  if (problems.length === 0) return repairs;
  throw new ConfigError(
    `The repaired letters can't be used, and nothing was sent: expected lines as "stagecoach dead-letters --json" prints them, each with its "fix".\n${problems.join('\n')}`,
  );
}

function parseRepair(line: string): { readonly id: string; readonly fix: GeoFix } | string {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch (error) {
    return `it is no JSON: ${messageOf(error)}`;
  }
  if (typeof fields !== 'object' || fields === null) return 'it is no JSON object';
  const id: unknown = Reflect.get(fields, 'id');
  const fix: unknown = Reflect.get(fields, 'fix');
  if (typeof id !== 'string') return 'it has no "id"';
  if (fix === undefined || fix === null) return `${id} has no "fix"`;
  const checked = checkFix(fix);
  return checked.ok ? { id, fix: checked.fix } : `${id}: ${checked.message}`;
}
