import { z } from 'zod';
import { ConfigError, messageOf } from '../errors.js';
import type { NodeResources } from './profile.js';
import { parseBytes, parseBytesPerS } from './quantity.js';

const mostNodes = 1_000;

/** A number, or text that `parse` understands; more than 0 either way. */
function quantity(parse: (text: string) => number | null, expected: string) {
  return z.union([z.number(), z.string()], { error: expected }).transform((found, context) => {
    const value = typeof found === 'number' ? found : parse(found);
    if (value !== null && value > 0) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

const bytes = quantity(parseBytes, 'it is to be bytes, as a number or such as "512 MiB"');
const bytesPerS = quantity(
  parseBytesPerS,
  'it is to be bytes a second, as a number or such as "100 Mbit/s"',
);

const nodeSchema = z.strictObject({
  name: z.string().min(1),
  cores: z.number().positive().optional(),
  memory: bytes.optional(),
  speed: z.number().positive().optional(),
  upload: bytesPerS.optional(),
  download: bytesPerS.optional(),
  roundTripMs: z.number().nonnegative().optional(),
  count: z.int().min(1).max(mostNodes).default(1),
});

const fileSchema = z.array(nodeSchema).min(1, 'it names no node');

type NodeEntry = z.infer<typeof nodeSchema>;

/**
 * Reads the nodes that a plan may use from a JSON array. A `name` is all that a node needs: what it
 * does not say is as on the node of the defaults. A `count` of n stands for n equal nodes,
 * `name-1` to `name-n`.
 *
 * @param text the file's content
 * @param file how it is called in errors
 * @param defaults the node that the profile was measured on
 * @throws {ConfigError} with all that is wrong, one line each
 * @example parseNodesFile('[{"name": "pi", "cores": 1, "memory": "512 MiB", "count": 3}]', 'nodes.json', node)
 */
export function parseNodesFile(
  text: string,
  file: string,
  defaults: NodeResources,
): readonly NodeResources[] {
  const found = parsedJson(text, file);
  const parsed = fileSchema.safeParse(found);
  if (!parsed.success) {
    throw wrong(file, parsed.error.issues.map(describeIssue(found)));
  }
  const nodes = parsed.data.flatMap((entry) => nodesOf(entry, defaults));
  const problems = duplicates(nodes).map((name) => `two nodes are called "${name}"`);
  if (nodes.length > mostNodes) {
    problems.push(`it has ${nodes.length} nodes; ${mostNodes} are the most`);
  }
  if (problems.length > 0) throw wrong(file, problems);
  return nodes;
}

function wrong(file: string, problems: readonly string[]): ConfigError {
  const lines = [`The nodes file ${file} can't be used:`, ...problems.map((one) => `  ${one}`)];
  return new ConfigError(lines.join('\n'));
}

function parsedJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrong(file, [`it is to be a JSON array of nodes: ${messageOf(error)}`]);
  }
}

/** Which node a problem is in, by its name where it has one, and what was found there. */
function describeIssue(found: unknown) {
  return ({ path, message }: z.core.$ZodIssue): string => {
    const [at, field] = path;
    if (at === undefined) return message;
    const entry: unknown = Array.isArray(found) ? found[Number(at)] : undefined;
    const isObject = typeof entry === 'object' && entry !== null;
    const name: unknown = isObject ? Reflect.get(entry, 'name') : undefined;
    const called = typeof name === 'string' && name !== '' ? ` ("${name}")` : '';
    const where = `node ${Number(at) + 1}${called}`;
    if (field === undefined || !isObject) return `${where}: ${message}`;
    const value: unknown = Reflect.get(entry, field);
    const was = value === undefined ? 'missing' : `found ${JSON.stringify(value)}`;
    return `${where}, ${String(field)}: ${was}; ${message}`;
  };
}

function nodesOf(entry: NodeEntry, defaults: NodeResources): NodeResources[] {
  return Array.from({ length: entry.count }, (_, index) => ({
    name: entry.count === 1 ? entry.name : `${entry.name}-${index + 1}`,
    cores: entry.cores ?? defaults.cores,
    memoryBytes: entry.memory ?? defaults.memoryBytes,
    speed: entry.speed ?? defaults.speed,
    uploadBytesPerS: entry.upload ?? defaults.uploadBytesPerS,
    downloadBytesPerS: entry.download ?? defaults.downloadBytesPerS,
    roundTripMs: entry.roundTripMs ?? defaults.roundTripMs,
  }));
}

function duplicates(nodes: readonly NodeResources[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of nodes) {
    if (seen.has(name)) twice.add(name);
    seen.add(name);
  }
  return [...twice];
}
