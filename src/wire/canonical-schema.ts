import { WireError } from './errors.js';

/** A schema in parsing canonical form: every name full, every primitive a string. */
export type CanonicalSchema =
  | string
  | readonly CanonicalSchema[]
  | CanonicalRecord
  | { readonly name: string; readonly type: 'enum'; readonly symbols: readonly string[] }
  | { readonly name: string; readonly type: 'fixed'; readonly size: number }
  | { readonly type: 'array'; readonly items: CanonicalSchema }
  | { readonly type: 'map'; readonly values: CanonicalSchema };

/** A record in parsing canonical form. */
export interface CanonicalRecord {
  readonly name: string;
  readonly type: 'record';
  readonly fields: readonly { readonly name: string; readonly type: CanonicalSchema }[];
}

const primitives = new Set([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
]);
const fullNamePattern = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;
const namePattern = /^[A-Za-z_]\w*$/;

/**
 * The parsing canonical form of an Avro schema. `JSON.stringify` of it is the text that the
 * schema's fingerprint is computed of.
 *
 * @param schema The schema as parsed JSON.
 * @throws {WireError} INVALID_SCHEMA
 * @see https://avro.apache.org/docs/1.11.1/specification/#parsing-canonical-form-for-schemas
 */
export function canonicalSchema(schema: unknown): CanonicalSchema {
  return canonical(schema, '', new Set());
}

function canonical(schema: unknown, namespace: string, defined: Set<string>): CanonicalSchema {
  if (typeof schema === 'string') return reference(schema, namespace, defined);
  if (Array.isArray(schema)) {
    return schema.map((branch) => canonical(branch, namespace, defined));
  }
  if (!isObject(schema)) throw invalid(schema, 'a type name, an array or an object');
  switch (schema['type']) {
    case 'array':
      return { type: 'array', items: canonical(schema['items'], namespace, defined) };
    case 'map':
      return { type: 'map', values: canonical(schema['values'], namespace, defined) };
    case 'record':
    case 'error':
    case 'enum':
    case 'fixed':
      return named(schema, schema['type'], namespace, defined);
    default:
      // {"type": "long", "logicalType": …} is a long to whoever parses the bytes.
      return canonical(schema['type'], namespace, defined);
  }
}

function reference(name: string, namespace: string, defined: ReadonlySet<string>): string {
  if (primitives.has(name)) return name;
  const full = fullName(name, namespace);
  if (!defined.has(full)) throw invalid(name, 'a primitive type or the name of a type before it');
  return full;
}

function named(
  schema: Record<string, unknown>,
  type: 'record' | 'error' | 'enum' | 'fixed',
  enclosing: string,
  defined: Set<string>,
): CanonicalSchema {
  const own = schema['namespace'];
  const name = fullName(schema['name'], typeof own === 'string' ? own : enclosing);
  if (defined.has(name)) throw invalid(name, 'a name that is not yet taken');
  defined.add(name);
  if (type === 'enum') return { name, type, symbols: symbolsOf(schema) };
  if (type === 'fixed') return { name, type, size: sizeOf(schema) };
  const namespace = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  const { fields } = schema;
  if (!Array.isArray(fields)) throw invalid(fields, `the fields of ${name}`);
  return {
    name,
    type: 'record',
    fields: fields.map((field: unknown) => {
      if (!isObject(field) || !isName(field['name'])) throw invalid(field, `a field of ${name}`);
      return { name: field['name'], type: canonical(field['type'], namespace, defined) };
    }),
  };
}

function fullName(name: unknown, namespace: string): string {
  const full =
    typeof name === 'string' && !name.includes('.') && namespace !== ''
      ? `${namespace}.${name}`
      : name;
  if (typeof full !== 'string' || !fullNamePattern.test(full)) throw invalid(full, 'a name');
  return full;
}

function symbolsOf(schema: Record<string, unknown>): string[] {
  const { symbols } = schema;
  if (!Array.isArray(symbols) || !symbols.every(isName)) throw invalid(symbols, 'enum symbols');
  return symbols;
}

function sizeOf(schema: Record<string, unknown>): number {
  const { size } = schema;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(size, 'the size of a fixed type');
  }
  return size;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && namePattern.test(value);
}

function invalid(found: unknown, expected: string): WireError {
  const shown = (JSON.stringify(found) as string | undefined) ?? 'nothing';
  return new WireError(
    'INVALID_SCHEMA',
    `Not an Avro schema: found ${shown.slice(0, 100)} where ${expected} is expected.`,
    { disposition: 'fatal' },
  );
}
